"""The likeliest text as a whole, worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.tasks.generate.request import Request, request_of
from seqtune.tasks.generate.writing import write

TOKENS = Tokenizer.fit(["abc"], "character", max_tokens=10, min_count=1)
END, _, A, B, C = range(5)


class Table:
    """Expects the next token by the last one alone."""

    tokens = TOKENS

    def __init__(self, **after: dict[int, float]) -> None:
        self.after, self.readings = {"END": {}, **after}, 0

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        return ()

    def advance(self, state: tuple[Any, ...], ids: Any) -> tuple[Any, tuple[Any, ...]]:
        self.readings += 1
        row = np.full((1, TOKENS.size), 1e-6)
        for token, chance in self.after[("END", "", "a", "b", "c")[int(ids[0])]].items():
            row[0, token] = chance
        return np.log(row), ()


def best_of(request: Request, **after: dict[int, float]) -> str:
    reader: Any = Table(**after)
    (found,) = write(reader, request)
    return found.text


def test_what_begins_less_likely_may_be_likelier_as_a_whole() -> None:
    """`b` goes on with 0.4 * 0.9, `a` with 0.6 * 0.5 at most."""
    after = {"END": {A: 0.6, B: 0.4}, "a": {A: 0.5, C: 0.5}, "b": {C: 0.9, B: 0.1}}
    assert best_of(request_of("", 2, temperature=0), c={C: 1.0}, **after) == "bc"


def test_an_end_comes_only_where_it_is_the_likeliest_of_all() -> None:
    """After `a` the end has 0.6 * 0.5, and `bb` has 0.4 * 0.95; so `a` does not end the text."""
    after = {"END": {A: 0.6, B: 0.4}, "a": {END: 0.5, A: 0.3, C: 0.2}, "b": {B: 0.95, END: 0.05}}
    assert best_of(request_of("", 3, temperature=0), c={C: 1.0}, **after) == "bbb"
    after["a"] = {END: 0.99, A: 0.01}
    assert best_of(request_of("", 3, temperature=0), c={C: 1.0}, **after) == "a"


def test_it_ends_at_a_stop_text_and_at_the_length() -> None:
    after = {"END": {A: 1.0}, "a": {B: 1.0}, "b": {C: 1.0}, "c": {A: 1.0}}
    assert best_of(request_of("", 10, temperature=0), **after) == "abcabcabca"
    assert best_of(request_of("", 10, temperature=0, stop="ca"), **after) == "ab"
    assert best_of(request_of("ab", 3, temperature=0), **after) == "cab"


def test_what_was_found_is_not_read_again() -> None:
    """The beginning, three first tokens (neither the end nor the unknown), and four of two."""
    reader: Any = Table(END={A: 0.6, B: 0.4}, a={A: 1.0}, b={C: 1.0}, c={C: 1.0})
    write(reader, request_of("", 2, temperature=0))
    assert reader.readings == 1 + 3 + 4
