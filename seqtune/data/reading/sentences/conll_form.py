"""How a file with a line per token is laid out: what stands between its columns, and their names.

    # a comment          of the sentence, or of the file
    They    PRON         columns stand apart by tabs, or else by blanks
    sing    VERB
                         a blank line ends a sentence

CoNLL-U has ten columns of fixed names, CoNLL-U Plus names its columns in a comment, CoNLL has any.

Source: https://universaldependencies.org/format.html and https://universaldependencies.org/ext-format.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

from seqtune.data.reading.file_form import COMPRESSED_ENDINGS

CONLLU = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
CONLLU_ENDINGS = (".conllu", ".conllup")
ENDINGS = (*CONLLU_ENDINGS, ".conll", ".iob", ".bio", ".iob2", ".bioes", ".conll2003")
NAMED_BY = "# global.columns ="
DOCUMENT = "-DOCSTART-"

TOKEN_WORDS = ("token", "tokens", "form", "word", "words")

HEADER_WORDS = frozenset(
    (
        *("id", "token", "tokens", "word", "words", "form", "lemma", "pos", "upos", "xpos"),
        *("chunk", "ner", "label", "labels", "tags", "slot", "slots"),
    )
)

SHOWN_LINES = 5_000
"""So many lines show the form."""

MOST_RAGGED = 0.05
"""Share of lines with another number of columns in what still is such a file by its content."""

LEAST_LINES = 2
"""Lines that a sentence has on average, where no tab shows that each line is a token."""

NUMBER = re.compile(r"[0-9]+")
ID = re.compile(r"[0-9]+(?:[-.][0-9]+)?")
BLANKS = re.compile(r"[^ \t]+")


@dataclass(frozen=True)
class ConllForm:
    """The layout of a file.

    Args:
        names: The columns.
        is_tabbed: Whether they stand apart by tabs rather than by blanks.
        is_numbered: Whether the first column numbers tokens as CoNLL-U does: `3-4` and `8.1` are
            then no tokens.
        header: Line with the names of the columns, from 0; -1 for none.
        are_headed: Whether sentences begin with a comment, which may then look like a token.
    """

    names: tuple[str, ...]
    is_tabbed: bool = True
    is_numbered: bool = False
    header: int = -1
    are_headed: bool = False

    @property
    def is_conllu(self) -> bool:
        """Whether the columns are those of CoNLL-U."""
        return self.names == CONLLU

    @property
    def token_column(self) -> str:
        """The column of tokens: the first, or the one behind their numbers."""
        known = [name for name in self.names if name.lower() in TOKEN_WORDS]
        return (known or self.names[int(self.is_numbered and len(self.names) > 1) :])[0]

    @property
    def label_column(self) -> str:
        """The last column, where it may hold labels; "" for CoNLL-U, where several may."""
        is_plain = not self.is_conllu and self.names[-1] != self.token_column
        return self.names[-1] if is_plain else ""

    def cells(self, line: str) -> list[str]:
        """Return the cells of a line that has no line end."""
        return line.split("\t") if self.is_tabbed else BLANKS.findall(line)

    def is_comment(self, line: str, *, is_first: bool) -> bool:
        """Say whether a line that begins with `#` is no token.

        Args:
            line: The line.
            is_first: Whether no token of the sentence came before it.
        """
        if self.is_numbered or (is_first and self.are_headed):
            return True
        return len(self.names) > 1 and len(self.cells(line)) != len(self.names)


def ending_of(path: PurePath) -> str:
    """Return the last ending of a name in small letters, behind that of a compression."""
    endings = [ending.lower() for ending in path.suffixes]
    if endings and endings[-1] in COMPRESSED_ENDINGS:
        endings.pop()
    return endings[-1] if endings else ""


def conll_form(text: str, path: PurePath, columns: Sequence[str]) -> ConllForm | None:
    r"""Return the form of a file; None where it is none with a line per token.

    Args:
        text: Its first lines, with line feeds.
        path: Its name; some endings leave no doubt.
        columns: What the first and the last column are called where nothing names them.

    Example:
        >>> conll_form("a\tX\nb\tO\n\nc\tO\n", PurePath("a.txt"), ("token", "label")).names
        ('token', 'label')
        >>> conll_form("a,b\n1,2\n", PurePath("a.csv"), ("token", "label")) is None
        True
    """
    ending = ending_of(path)
    lines = text.split("\n")[:SHOWN_LINES]
    is_sure = ending in ENDINGS
    filled = [(at, line) for at, line in enumerate(lines) if line.strip()]
    if not filled or (not is_sure and not _has_breaks(lines)):
        return None
    given = _named_columns(filled)
    rows = [(at, line) for at, line in filled if not line.startswith(("#", DOCUMENT))]
    rows = rows or [(at, line) for at, line in filled if not line.startswith(DOCUMENT)]
    is_tabbed = 2 * sum("\t" in line for _, line in rows) >= max(1, len(rows))
    plain = ConllForm((), is_tabbed)
    widths = Counter(len(plain.cells(line)) for _, line in rows)
    width, count = widths.most_common(1)[0] if widths else (1, 0)
    numbered = [line for _, line in rows if ID.fullmatch(plain.cells(line)[0])]
    is_conllu = ending == ".conllu" or (width == len(CONLLU) and len(numbered) == len(rows))
    is_ragged = count < (1 - MOST_RAGGED) * len(rows)
    is_known = is_sure or is_conllu or bool(given)
    if not is_known and (is_ragged or _is_other_table(rows, width, plain)):
        return None
    are_headed = _are_headed(lines)
    if is_conllu and not given:
        return ConllForm(CONLLU, is_tabbed, is_numbered=True)
    if given:
        return ConllForm(given, is_tabbed, is_numbered=given[0] == "id", are_headed=are_headed)
    header = _header(rows, plain, width, columns)
    if header:
        return ConllForm(header, is_tabbed, header=rows[0][0], are_headed=are_headed)
    is_counted = width > 1 and _is_counted([plain.cells(line)[0] for _, line in rows])
    names = _default_names(width, is_counted, columns)
    return ConllForm(names, is_tabbed, is_numbered=is_counted, are_headed=are_headed)


def _has_breaks(lines: Sequence[str]) -> bool:
    """Say whether a blank line stands between others, as at the end of a sentence."""
    filled = [bool(line.strip()) for line in lines]
    first = filled.index(True)
    last = len(filled) - 1 - filled[::-1].index(True)
    return not all(filled[first:last])


def _named_columns(lines: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Return the columns that a comment names; none where none does."""
    first = lines[0][1]
    if not first.replace(" ", "").startswith(NAMED_BY.replace(" ", "")):
        return ()
    names = tuple(name.lower() for name in first.split("=", 1)[1].split())
    return names if len({*names}) == len(names) else ()


def _is_other_table(rows: Sequence[tuple[int, str]], width: int, form: ConllForm) -> bool:
    """Say whether lines are rather those of a table, of numbers, or of running text."""
    firsts = [form.cells(line)[0] for _, line in rows]
    if not form.is_tabbed and _mean_lines(rows) < LEAST_LINES:
        return True
    if width == 1:
        marks = sum("," in line or ";" in line for _, line in rows)
        return 4 * marks > len(rows)
    if all(map(_is_number, firsts[1:] or firsts)) and not _is_counted(firsts):
        return True
    return all(line.startswith(("{", "[")) for _, line in rows)


def _mean_lines(rows: Sequence[tuple[int, str]]) -> float:
    """Return how many lines stand together on average."""
    breaks = sum(two[0] > one[0] + 1 for one, two in pairwise(rows))
    return len(rows) / (1 + breaks)


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace("-", "", 1).isdigit()


def _is_counted(cells: Sequence[str]) -> bool:
    """Say whether cells count the tokens of each sentence from 1 (or from 0) on."""
    if not all(map(ID.fullmatch, cells)) or cells[0] not in ("0", "1", "1-2"):
        return False
    numbers = [int(cell) for cell in cells if cell.isdigit()]
    return all(two in (one + 1, numbers[0]) for one, two in pairwise(numbers))


def _are_headed(lines: Sequence[str]) -> bool:
    """Say whether most sentences begin with a line that begins with `# `."""
    starts = [
        line for before, line in pairwise(["", *lines]) if line.strip() and not before.strip()
    ]
    return 2 * sum(line.startswith("# ") for line in starts) > len(starts)


def _header(
    rows: Sequence[tuple[int, str]], form: ConllForm, width: int, columns: Sequence[str]
) -> tuple[str, ...]:
    """Return the cells of a first line that names columns; nothing where none does."""
    first = form.cells(rows[0][1]) if rows else []
    known = HEADER_WORDS | {*columns}
    words = [cell.strip().lower() for cell in first]
    is_header = width > 1 and len(words) == width and len({*words}) == width
    if not is_header or sum(word in known for word in words) < min(2, width):
        return ()
    return tuple(cell.strip() for cell in first)


def _default_names(width: int, is_counted: bool, columns: Sequence[str]) -> tuple[str, ...]:
    names = ["id"] * is_counted + [columns[0]]
    names += [f"column_{place}" for place in range(len(names) + 1, width)]
    return (*names, columns[-1]) if width > len(names) else tuple(names[:width])
