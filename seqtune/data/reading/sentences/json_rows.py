"""From an object with a sentence to the rows of its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqtune.data.reading.sentences.json_layout import JsonLayout
from seqtune.data.reading.sentences.json_text import JsonObject
from seqtune.data.reading.sentences.spans import labels_of, span_of
from seqtune.data.reading.sentences.word_places import word_places
from seqtune.errors import DataError, listed

Columns = dict[str, list[Any]]


class _Rows:
    """Columns that grow by the tokens of each object; what objects say once is said to each token.

    Args:
        path: The file, for messages.
    """

    token_column = ""
    label_column = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns: Columns = {}
        self._rows = 0

    def _add(self, cells: dict[str, Sequence[Any]], values: dict[str, Any], size: int) -> int:
        """Add the rows of an object, and its plain values to each of them."""
        plain = {key: value for key, value in values.items() if _is_plain(value)}
        for key, value in plain.items():
            if key not in cells:
                cells[key] = [str(value)] * size
        for key in {**self.columns, **cells}:
            column = self.columns.setdefault(key, [])
            column += [None] * (self._rows - len(column))
            column += cells.get(key, [None] * size)
        self._rows += size
        return size

    def _fault(self, each: JsonObject, found: str, hint: str) -> DataError:
        return DataError(f"{self.path}:{each.line}: {found}", hint)


class TokenRows(_Rows):
    """Objects with a list of tokens; lists of the same length are columns too.

    Args:
        path: The file, for messages.
        key: That of the tokens.
    """

    def __init__(self, path: Path, key: str) -> None:
        super().__init__(path)
        self.token_column = key
        self.columns[key] = []
        self._numbered: dict[str, str] = {}
        self._listed: dict[str, None] = {}

    def take(self, each: JsonObject) -> int:
        """Add the tokens of an object; return how many.

        Raises:
            DataError: It has no list of tokens, or fewer labels than tokens.
        """
        key = self.token_column
        tokens = each.values.get(key)
        if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
            raise self._fault(each, f"{key!r} is no list of texts", 'expected {"tokens": ["a"]}')
        cells: dict[str, Sequence[Any]] = {key: tokens}
        for name, values in each.values.items():
            if name == key or not isinstance(values, list) or (not values and tokens):
                continue
            if name not in self._listed and (len(values) != len(tokens) or _are_items(values)):
                if name in KNOWN_LABELS and not _are_items(values):
                    raise self._counts_differ(each, name, len(tokens), len(values))
                continue  # something else that the object says of itself
            if len(values) != len(tokens):
                raise self._counts_differ(each, name, len(tokens), len(values))
            if name not in self._listed and values and all(map(_is_number, values)):
                self._numbered.setdefault(name, f"{self.path}:{each.line}")
                continue
            if not all(value is None or isinstance(value, str) for value in values):
                raise self._fault(
                    each, f"{name!r} holds what is no text", "expected a text for each token"
                )
            self._listed[name] = None
            cells[name] = values
        return self._add(cells, each.values, len(tokens))

    def _counts_differ(self, each: JsonObject, name: str, tokens: int, labels: int) -> DataError:
        return self._fault(
            each,
            f"{self.token_column}: {tokens:,}, {name}: {labels:,}; expected one for each",
            "correct the object",
        )

    def check(self, label: str, *, is_known: bool) -> None:
        """Settle which column holds the labels.

        Raises:
            DataError: They are numbers.
        """
        listed_columns = list(self._listed)
        self.label_column = listed_columns[0] if len(listed_columns) == 1 else ""
        wanted = label if label in self._numbered else next(iter(self._numbered), "")
        if wanted and (label == wanted or not (listed_columns or is_known)):
            raise DataError(
                f"{self._numbered[wanted]}: {wanted!r} holds numbers, expected names of labels",
                "write the names in their place: of a data set of Hugging Face they are "
                f"dataset.features[{wanted!r}].feature.names",
            )

    def notes(self, sizes: Sequence[int]) -> list[str]:
        """Return what was decided."""
        found = [f"sentences: {len(sizes):,}; tokens, from the lists of them: {self._rows:,}"]
        if self._numbered:
            found.append(f"not used, because they are numbers: {listed(self._numbered)}")
        return [*found, *_of_empty(sizes)]


KNOWN_LABELS = ("tags", "labels", "ner_tags", "pos_tags", "slots")


class TextRows(_Rows):
    """Objects with a text, whose stretches are labelled.

    Args:
        path: The file, for messages.
        layout: Which keys hold what.
        columns: What the tokens and their labels are called.
    """

    def __init__(self, path: Path, layout: JsonLayout, columns: Sequence[str]) -> None:
        super().__init__(path)
        self.layout = layout
        self.token_column, self.label_column = columns[0], columns[-1]
        self.columns = {columns[0]: [], columns[-1]: []}
        self._widened = self._left_out = 0
        self._first_widened = self._first_left_out = ""

    def take(self, each: JsonObject) -> int:
        """Add the words of a text; return how many.

        Raises:
            DataError: There is no text, or a stretch is not in it.
        """
        text = each.values.get(self.layout.text)
        if not isinstance(text, str):
            raise self._fault(
                each, f"{self.layout.text!r} is no text", 'expected {"text": "…", "spans": […]}'
            )
        places = word_places(text)
        cells: dict[str, Sequence[Any]] = {
            self.token_column: [text[begin:end] for begin, end in places],
            self.label_column: self._labels(each, text, places),
        }
        others = {k: v for k, v in each.values.items() if k != self.layout.text and k not in cells}
        return self._add(cells, others, len(places))

    def _labels(
        self, each: JsonObject, text: str, places: Sequence[tuple[int, int]]
    ) -> Sequence[str | None]:
        items = each.values.get(self.layout.spans)
        if items is None:
            return [None] * len(places)
        if not isinstance(items, list):
            raise self._fault(each, f"{self.layout.spans!r} is no list", 'expected [[0, 4, "X"]]')
        spans = []
        for item in items:
            try:
                spans.append(span_of(item, len(text)))
            except ValueError as error:
                shown = str(item)[:60]
                raise self._fault(
                    each, f"{self.layout.spans!r} holds {shown}: {error}", "correct the object"
                ) from error
        found = labels_of(spans, places)
        place = f"{self.path}:{each.line}"
        if found.widened:
            self._first_widened = self._first_widened or place
            self._widened += found.widened
        if found.left_out:
            self._first_left_out = self._first_left_out or place
            self._left_out += found.left_out
        return found.labels

    def check(self, label: str, *, is_known: bool) -> None:
        """Settle nothing: stretches have texts as labels."""

    def notes(self, sizes: Sequence[int]) -> list[str]:
        """Return what was decided."""
        found = [
            f"texts: {len(sizes):,}; words and other signs: {self._rows:,}; B- and I- "
            "are made of labelled stretches"
        ]
        if self._widened:
            found.append(
                f"stretches that cut a word and were widened to it: {self._widened:,}, "
                f"the first at {self._first_widened}"
            )
        if self._left_out:
            found.append(
                "stretches left out, for they overlap a longer one or hold no word: "
                f"{self._left_out:,}, the first at {self._first_left_out}"
            )
        return [*found, *_of_empty(sizes)]


def _of_empty(sizes: Sequence[int]) -> list[str]:
    empty = sum(not size for size in sizes)
    return [f"sentences without a token: {empty:,}"] if empty else []


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _are_items(values: list[Any]) -> bool:
    """Say whether a list holds lists or objects, which are no labels of tokens."""
    return any(isinstance(value, (list, dict)) for value in values)
