"""What seqtune knows of translation before anything heavy is loaded."""

from __future__ import annotations

from seqtune.tasks._info import Flag, Metric, TaskInfo, one_or_many

TIE_BREAK = "nats_per_character"
"""Few cases give many models the same share of exact answers."""

INFO = TaskInfo(
    name="translate",
    summary="a text from a text, from features, or from a series",
    synonyms=("translation", "seq2seq", "caption", "transcribe", "chatbot"),
    metrics=(
        Metric("bleu", "BLEU", "max", tie_break=TIE_BREAK, shown=True),
        Metric("chrf", "chrF", "max", tie_break=TIE_BREAK),
        Metric("exact_match", direction="max", tie_break=TIE_BREAK, shown=True),
        Metric("word_error_rate", tie_break=TIE_BREAK),
        Metric("character_error_rate", tie_break=TIE_BREAK),
        Metric("slot_error"),
        Metric("nats_per_character", unit="nats"),
    ),
    flags=(
        Flag("source", "data.source", "Column of source texts, symbols or file paths.", "column"),
        Flag("target", "data.target", "Column of the answers to learn.", "columns", one_or_many),
        Flag("series", "data.series", "Column that identifies the series, or the cases.", "column"),
        Flag("time", "data.time", "Column of dates or steps.", "column"),
        Flag("past", "data.channels", "Column of values to describe, repeatable.", "columns"),
    ),
    needs_data=True,
    line_columns=("source", "target"),
    examples="cases",
    predict_keys=(
        *("decoding.beam", "decoding.length_penalty", "decoding.n_best", "decoding.longest"),
    ),
    predict_flags=(
        Flag("beam", "decoding.beam", "Width of the beam search; 1 is greedy.", "integer"),
        Flag(
            "length-penalty",
            "decoding.length_penalty",
            "How strongly long answers are favoured; 0 favours short ones.",
        ),
        Flag("n-best", "decoding.n_best", "Answers given for each source.", "integer"),
        Flag("max-length", "decoding.longest", "Tokens of an answer at most.", "integer"),
    ),
    limits=(
        "It writes what pairs of its data suggest, and can be fluent and wrong.",
        "Words, characters and lengths that its data did not have are written badly.",
    ),
)
