"""What columns of tokens, labels, sentences and series are usually called."""

from __future__ import annotations

TOKENS = ("token", "tokens", "word", "words", "form", "forms", "text")

MARKS = (
    *("tag", "tags", "label", "labels", "ner", "ner_tag", "ner_tags", "slot", "slots", "target"),
    *("class", "bio", "iob", "entity", "entities", "y"),
)
"""What the labels of tokens are called, whatever they say."""

PARTS_OF_SPEECH = ("upos", "pos", "pos_tag", "pos_tags", "xpos", "chunk", "chunk_tag")
"""What some labels of tokens are called, which in a file of names are read beside them."""

SENTENCES = (
    *("sentence", "sentence_id", "sentence_idx", "sentence_number", "sent", "sent_id", "sentence_"),
    *("sequence", "sequence_id", "seq", "seq_id", "series", "case", "utterance", "utterance_id"),
    *("doc", "doc_id", "document", "document_id", "id", "line"),
)

STATES = (
    *("label", "labels", "class", "target", "y", "tag", "tags", "activity", "state", "status"),
    *("mode", "phase", "chord", "behavior", "behaviour", "gesture", "stage", "annotation"),
)
"""What the labels of steps are called."""

SERIES = (
    *("series", "series_id", "unique_id", "case", "case_id", "id", "sample", "instance"),
    *("recording", "recording_id", "trial", "session", "session_id", "sequence", "sequence_id"),
    *("wearer", "person", "subject", "subject_id", "user", "user_id", "participant", "patient"),
    *("animal", "device", "device_id", "machine", "machine_id", "unit", "song", "piece", "file"),
)

TIMES = (
    *("step", "time", "timestamp", "t", "datetime", "date", "frame", "index", "ds", "seconds"),
    *("time_s", "sample_index"),
)


def is_called(name: str, words: tuple[str, ...]) -> bool:
    """Say whether a column is called by one of some words.

    Example:
        >>> is_called("Sentence #", SENTENCES), is_called("tagged", MARKS)
        (True, False)
    """
    plain = name.lower().replace("#", " ").replace("-", " ").split()
    return "_".join(plain) in words
