"""Only tokens that training had are written, and only those that leave the text UTF-8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.tasks.generate.prompt import DOCUMENTS, ONE_TEXT, Frame
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.sampling import SamplingSettings
from seqtune.tasks.generate.wellformed import WellFormed
from seqtune.tasks.generate.writing import Completion, write

BYTES = Tokenizer.fit([], "byte", max_tokens=300, min_count=1)
GREEDY = SamplingSettings(temperature=0)
ANY = SamplingSettings(temperature=1.0, top_p=1.0)


def byte(value: int) -> int:
    """Return the token of a byte."""
    return value + 2


def allowed_bytes(rest: bytes, counts: Sequence[int] | None = None) -> set[int]:
    found = np.flatnonzero(WellFormed(BYTES, counts).allowed(rest)).tolist()
    return {token - 2 for token in found if token not in (END, UNKNOWN)}


def span(first: int, last: int) -> set[int]:
    return set(range(first, last + 1))


ANY_REST = span(0x80, 0xBF)


@pytest.mark.parametrize(("rest", "expected"), [
    (b"", span(0x00, 0x7F) | span(0xC2, 0xF4)),
    (b"\xc2", ANY_REST),
    (b"\xdf", ANY_REST),
    (b"\xe0", span(0xA0, 0xBF)),  # less would be a shorter character, written longer
    (b"\xe2", ANY_REST),
    (b"\xe2\x82", ANY_REST),
    (b"\xed", span(0x80, 0x9F)),  # more would be half a pair of UTF-16
    (b"\xed\x9f", ANY_REST),
    (b"\xef", ANY_REST),
    (b"\xf0", span(0x90, 0xBF)),
    (b"\xf0\x9f", ANY_REST),
    (b"\xf0\x9f\x98", ANY_REST),
    (b"\xf4", span(0x80, 0x8F)),  # more would be past the last character of Unicode
])  # fmt: skip
def test_the_bytes_that_may_follow_are_those_of_utf_8(rest: bytes, expected: set[int]) -> None:
    """RFC 3629, section 4."""
    assert allowed_bytes(rest) == expected


@pytest.mark.parametrize("first", sorted(span(0xC2, 0xF4)))
def test_what_was_begun_can_always_be_completed(first: int) -> None:
    rule = WellFormed(BYTES)
    rests = [bytes([first])]
    for rest in rests:
        following = [token for token in np.flatnonzero(rule.allowed(rest)).tolist() if token > 1]
        assert len(following) < 256, rest  # the rule has not given up
        if len(rest) == 1:
            rests += [more for token in following if (more := rule.after(rest, token))]


def test_a_text_ends_between_two_characters_alone() -> None:
    rule = WellFormed(BYTES)
    assert rule.allowed(b"")[END]
    assert not any(rule.allowed(rest)[END] for rest in (b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98"))


def test_what_waits_is_the_beginning_of_a_character() -> None:
    rule = WellFormed(BYTES)
    assert rule.after(b"", byte(0x61)) == b""
    assert rule.after(b"", byte(0xE2)) == b"\xe2"
    assert rule.after(b"\xe2", byte(0x82)) == b"\xe2\x82"
    assert rule.after(b"\xe2\x82", byte(0xAC)) == b""
    assert rule.after(b"\xe2", byte(0x61)) == b""  # it is no character any more
    assert rule.after(b"", END) == b""


def test_a_part_of_a_word_may_end_in_the_middle_of_a_character_and_another_begin_there() -> None:
    tokens = Tokenizer("character", "none", ("<end>", "<unknown>", *"abcd"))
    tokens.__dict__["spellings"] = [b"", b"\xef\xbf\xbd", b"a\xc3", b"\xa9b", b"b", b"\xa9\xe2\x82"]
    rule = WellFormed(tokens)
    assert rule.allowed(b"").tolist() == [True, True, True, False, True, False]
    rest = rule.after(b"", 2)
    assert rest == b"\xc3"
    assert rule.allowed(rest).tolist() == [False, False, False, True, False, True]
    assert rule.after(rest, 3) == b"" and rule.after(rest, 5) == b"\xe2\x82"


def counts_of(*values: int, end: int = 0) -> list[int]:
    """Return counts of bytes: 1 for those given."""
    return [end, 0, *(int(value in values) for value in range(256))]


def test_what_training_never_had_is_not_allowed_but_the_end_is() -> None:
    counts = counts_of(*b"ab")
    assert allowed_bytes(b"", counts) == set(b"ab")
    allowed = WellFormed(BYTES, counts).allowed(b"")
    assert allowed[END] and not allowed[UNKNOWN]


def test_a_character_that_training_never_had_is_rather_written_than_half_of_one() -> None:
    assert allowed_bytes(b"\xc3", counts_of(0xC3, 0xA9)) == {0xA9}
    assert allowed_bytes(b"\xc3", counts_of(*b"a\xc3")) == ANY_REST


def test_where_nothing_fits_all_may_come() -> None:
    tokens = Tokenizer.fit(["ab"], "character", max_tokens=10, min_count=1)
    assert WellFormed(tokens, [1, 0, 1, 0]).allowed(b"\xc3").all()


class Even:
    """A reader for whom every token is equally likely, always."""

    def __init__(self, tokens: Tokenizer = BYTES) -> None:
        self.tokens = tokens

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        return ()

    def advance(self, state: tuple[Any, ...], ids: Any) -> tuple[Any, tuple[Any, ...]]:
        return np.zeros((1, self.tokens.size)), ()

    def score(self, ids: Any) -> Any:
        return np.full(len(ids), -np.log(self.tokens.size))


class Wishing(Even):
    """A reader with wishes for each step: its dearest first, and after the last step the end."""

    def __init__(self, *wishes: Sequence[int], tokens: Tokenizer = BYTES) -> None:
        super().__init__(tokens)
        self.wishes = [*wishes, (END,)]

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        return (0,)

    def advance(self, state: tuple[Any, ...], ids: Any) -> tuple[Any, tuple[Any, ...]]:
        logits = np.zeros((1, self.tokens.size))
        wishes = self.wishes[min(state[0], len(self.wishes) - 1)]
        for place, token in enumerate(wishes):
            logits[0, token] = 100.0 - place
        return logits, (state[0] + 1,)


def written(
    reader: Even,
    length: int = 50,
    choice: SamplingSettings = GREEDY,
    counts: Sequence[int] | None = None,
    frame: Frame = DOCUMENTS,
    prompt: str = "",
) -> Completion:
    return write(reader, Request(prompt, length, choice), frame=frame, counts=counts)[0]


@pytest.mark.parametrize("seed", range(4))
def test_bytes_drawn_at_random_are_utf_8(seed: int) -> None:
    found = written(Even(), 400, SamplingSettings(1.0, top_p=1.0, seed=seed), frame=ONE_TEXT)
    assert len(found.text) == 400 and found.ended == "length"
    assert "\ufffd" not in found.text
    assert {len(each.encode()) for each in found.text} == {1, 2, 3, 4}


def test_parts_of_words_drawn_at_random_are_utf_8() -> None:
    tokens = Tokenizer.fit(
        ["žluťoučký kůň, größer 😀 und 東京 " * 9], "subword", max_tokens=400, min_count=2
    )
    found = written(Even(tokens), 300, ANY, frame=ONE_TEXT)
    assert len(found.text) == 300 and "\ufffd" not in found.text


def test_a_text_is_not_ended_within_a_character() -> None:
    for seed in range(30):
        found = written(Even(), 1000, SamplingSettings(1.0, top_p=1.0, seed=seed))
        assert "\ufffd" not in found.text
    first, second, third = "€".encode()
    eager = Wishing([byte(first)], [END, byte(second)], [END, byte(third)])
    found = written(eager)
    assert (found.text, found.ended, found.tokens) == ("€", "end", 4)


def test_a_character_of_several_bytes_is_completed_before_another_begins() -> None:
    wishes = [[byte(value), byte(0x61)] for value in "aé€😀".encode()]
    assert written(Wishing(*wishes)).text == "aé€😀"
    broken = Wishing([byte(0xC3)], [byte(0x61), byte(0xC3), byte(0xA9)], [byte(0x62)])
    assert written(broken).text == "éb"


def test_a_text_that_is_long_enough_has_no_half_character() -> None:
    wishes = [[byte(value)] for value in "é€".encode()]
    found = written(Wishing(*wishes), length=1)
    assert (found.text, found.ended) == ("é", "length")


def test_what_training_never_had_is_never_written() -> None:
    tokens = Tokenizer.fit(["abcd"], "character", max_tokens=10, min_count=1)
    counts = [1, 1, 5, 0, 3, 0]  # a and c
    text = written(Even(tokens), 500, ANY, counts, ONE_TEXT).text
    assert set(text) == {"a", "c"}
    assert set(written(Even(tokens), 500, ANY, None, ONE_TEXT).text) == set("abcd")
    b = tokens.encode("bc").tolist()
    assert written(Wishing(b, tokens=tokens), counts=counts).text == "c"


def test_a_word_that_the_prompt_began_is_completed_even_where_training_had_it_not() -> None:
    tokens = Tokenizer.fit(["a king a king"], "word", max_tokens=50, min_count=1)
    ids = {spelling: number for number, spelling in enumerate(tokens.spellings)}
    counts = [int(number == ids[b"a"]) for number in range(tokens.size)]
    reader = Wishing([], [ids[b" king"]], tokens=tokens)
    assert written(reader, counts=counts, prompt="a kin").text.startswith("g")


def test_texts_are_the_same_whatever_their_number() -> None:
    request = Request("", 60, ANY, count=3)
    three = write(Even(), request, counts=counts_of(*b"abc\xc3\xa9"))
    alone = write(Even(), Request("", 60, ANY), counts=counts_of(*b"abc\xc3\xa9"))
    assert three[0].text == alone[0].text
    assert all(set(each.text.encode()) <= set(b"abc") | ANY_REST | {0xC3} for each in three)
