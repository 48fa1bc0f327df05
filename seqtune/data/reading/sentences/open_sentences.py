"""Which files are read as sentences, by their ending or by what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.recipe_options import options_of
from seqtune.data.reading.sentences.conll import read_conll
from seqtune.data.reading.sentences.conll_form import ENDINGS, ending_of
from seqtune.data.reading.sentences.json_sentences import read_json_sentences
from seqtune.data.reading.sentences.line_sentences import as_tokens
from seqtune.data.reading.sentences.sentence_source import SentenceSource
from seqtune.data.reading.source import Source
from seqtune.data.reading.spool import DASH, STDIN
from seqtune.data.reading.sql.database import is_address
from seqtune.tasks._info import info_of, infos

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.recipe.load import Recipe


@dataclass(frozen=True)
class Wanted:
    """What is known of a file before it is open.

    Args:
        columns: What the column of tokens and that of their labels are called where nothing names
            them.
        label: The column of labels that is asked for; "" for none.
        known: The column of tokens of a run, which needs no labels; "" before there is one.
        is_asked: Whether tokens are wanted: what is in the file then decides, and not only its
            ending.
    """

    columns: Sequence[str]
    label: str = ""
    known: str = ""
    is_asked: bool = False


def read_sentences(file: OpenedFile, options: ReadOptions, wanted: Wanted) -> SentenceSource | None:
    """Read a file of sentences; None where it is none.

    Args:
        file: The file, compressed or not.
        options: `encoding`, where the guess is wrong.
        wanted: What is known of it before.

    Raises:
        DataError: It is such a file, and faulty.
    """
    if not file.start:
        return None
    if file.form == "json_lines":
        return read_json_sentences(
            file, options, wanted.columns, label=wanted.label, known=wanted.known,
            is_asked=wanted.is_asked,
        )  # fmt: skip
    if file.form not in ("text", "delimited"):
        return None
    if not wanted.is_asked and not has_sentence_ending(file.path):
        return None
    return read_conll(file, options, wanted.columns)


def sentences_of(
    data: str | Path | pd.DataFrame, recipe: Recipe, *, joins: bool
) -> SentenceSource | None:
    """Return a file of sentences as a table with a row for each token; None where it is none.

    Args:
        data: A path, or `-` for the standard input; anything else is no file of sentences.
        recipe: Its task says whether what is in a file decides, or its ending alone.
        joins: Whether the recipe may name a second file; that of a run may not.

    Raises:
        DataError: It is such a file, and faulty.
    """
    columns = _columns_of(recipe)
    path = _file_of(data)
    if path is None or not (columns or has_sentence_ending(path)):
        return None
    label = _named(recipe, "label")
    if columns and joins and label and Path(label).is_file():
        return None  # a file beside this one, line by line
    wanted = Wanted(
        columns or _any_columns(),
        label,
        known="" if joins else _named(recipe, "token"),
        is_asked=bool(columns),
    )
    with OpenedFile(path) as file:
        return read_sentences(file, options_of(recipe), wanted)


def undecided_sentences(
    data: str | Path | pd.DataFrame, options: ReadOptions
) -> SentenceSource | None:
    """Return a file that leaves no doubt that it holds sentences, before the task is known.

    Args:
        data: A path, or `-` for the standard input; anything else is no file of sentences.
        options: How it is read.
    """
    path, columns = _file_of(data), _any_columns()
    if path is None or not columns:
        return None
    with OpenedFile(path) as file:
        return read_sentences(file, options, Wanted(columns))


def tokens_of(source: Source, recipe: Recipe) -> Source:
    """Return a table with a row for each token, where the task wants one of rows of sentences.

    Args:
        source: Any table.
        recipe: Names the columns, and the task.

    Raises:
        DataError: A sentence has not as many tokens as labels.
    """
    columns = _columns_of(recipe)
    if not columns:
        return source
    token, label, series = (_named(recipe, role) for role in ("token", "label", "series"))
    return as_tokens(source, token, label, columns, series)


def _columns_of(recipe: Recipe) -> tuple[str, ...]:
    """Return what a task calls tokens and labels; nothing where it wants no tokens."""
    is_of_steps = getattr(recipe.values.data, "kind", "auto") == "steps"
    return () if is_of_steps else info_of(recipe.task).sentence_columns


def _any_columns() -> tuple[str, ...]:
    found = (info.sentence_columns for info in infos() if info.sentence_columns)
    return next(found, ())


def _named(recipe: Recipe, role: str) -> str:
    """Return the column that a recipe names for a role; "" where it leaves that open."""
    name = getattr(recipe.values.data, role, None)
    return name if isinstance(name, str) and name != "auto" else ""


def _file_of(data: str | Path | pd.DataFrame) -> Path | None:
    """Return the file that data names; None for folders, databases and tables in memory."""
    if not isinstance(data, (str, Path)) or is_address(str(data)):
        return None
    path = STDIN if str(data) == DASH else Path(data)
    return None if path.is_dir() else path


def has_sentence_ending(path: PurePath) -> bool:
    """Say whether the name of a file leaves no doubt that it has a line for each token.

    Example:
        >>> has_sentence_ending(PurePath("train.conllu.gz")), has_sentence_ending(PurePath("a.csv"))
        (True, False)
    """
    return ending_of(path) in ENDINGS
