"""Which files are read as sentences, by their ending or by what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.sentences.conll import read_conll
from seqtune.data.reading.sentences.conll_form import ENDINGS, ending_of
from seqtune.data.reading.sentences.sentence_source import SentenceSource


def read_sentences(
    file: OpenedFile, options: ReadOptions, columns: Sequence[str], *, by_content: bool
) -> SentenceSource | None:
    """Read a file of sentences; None where it is none.

    Args:
        file: The file, compressed or not.
        options: `encoding`, where the guess is wrong.
        columns: What the column of tokens and that of their labels are called where nothing names
            them.
        by_content: Whether what is in the file decides, and not only its ending.

    Raises:
        DataError: It is such a file, and faulty.
    """
    if not file.start or file.form not in ("text", "delimited"):
        return None
    if not by_content and not has_sentence_ending(file.path):
        return None
    return read_conll(file, options, columns)


def has_sentence_ending(path: PurePath) -> bool:
    """Say whether the name of a file leaves no doubt that it has a line for each token.

    Example:
        >>> has_sentence_ending(PurePath("train.conllu.gz")), has_sentence_ending(PurePath("a.csv"))
        (True, False)
    """
    return ending_of(path) in ENDINGS
