"""Text that comes piece by piece, and where it ends."""

from __future__ import annotations

import pytest

from seqtune.errors import UsageError
from seqtune.tasks.generate.emission import Emission


def pushed(emission: Emission, text: str | bytes, size: int = 1) -> list[str]:
    """What comes out as the bytes go in, so many at a time; the last is the rest."""
    data = text.encode() if isinstance(text, str) else text
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return [*map(emission.push, pieces), emission.finish()]


def test_without_anything_to_wait_for_text_comes_at_once() -> None:
    assert pushed(Emission(), "ab\nc") == ["a", "b", "\n", "c", ""]
    assert pushed(Emission(), "") == [""]


def test_bytes_wait_until_they_are_a_character() -> None:
    assert pushed(Emission(), "aé€😀") == ["a", "", "é", "", "", "€", "", "", "", "😀", ""]


@pytest.mark.parametrize(("data", "expected"), [
    (b"\xff", "\ufffd"),
    (b"a\xc3", "a\ufffd"),  # the end is half a character
    (b"\xc3a", "\ufffda"),
    (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),  # half a pair of UTF-16 is none
])  # fmt: skip
def test_bytes_that_can_be_no_character_are_shown_as_such(data: bytes, expected: str) -> None:
    assert "".join(pushed(Emission(), data)) == expected


def test_text_waits_as_long_as_it_may_be_a_stop_text() -> None:
    assert pushed(Emission(["END"]), "aENb") == ["a", "", "", "ENb", ""]
    assert pushed(Emission(["END"]), "EEND more") == ["", "E", *[""] * 8]
    assert pushed(Emission(["END"]), "xEN") == ["x", "", "", "EN"]


@pytest.mark.parametrize(("stops", "text", "expected"), [
    (["b"], "abc", "a"),
    (["a"], "abc", ""),
    (["aab"], "aaab", "a"),
    (["abab"], "xabaabab", "xaba"),
    (["\n\n"], "one\ntwo\n\nthree", "one\ntwo"),
    (["cd", "b"], "abcd", "a"),
    (["bcd", "cd"], "abcd", "a"),  # both are complete at once: the longer
    (["€"], "a€b", "a"),
    (["zz"], "abc", "abc"),
])  # fmt: skip
@pytest.mark.parametrize("size", [1, 2, 3, 99])
def test_the_stop_text_and_what_follows_are_left_out(
    stops: list[str], text: str, expected: str, size: int
) -> None:
    emission = Emission(stops)
    assert "".join(pushed(emission, text, size)) == expected
    assert emission.is_over and emission.emitted == len(expected)


@pytest.mark.parametrize("size", [1, 2, 99])
def test_no_more_characters_than_asked_for(size: int) -> None:
    emission = Emission(length=3)
    assert "".join(pushed(emission, "é€😀abc", size)) == "é€😀"
    stopped = Emission(["é"], length=3)
    assert "".join(pushed(stopped, "abé", size)) == "ab"


def test_it_is_over_as_soon_as_the_last_character_is_out() -> None:
    emission = Emission(["cd"], length=3)
    assert [emission.push(piece) for piece in (b"ab", b"c")] == ["ab", ""]
    assert not emission.is_over  # the c may still be the beginning of the stop text
    assert (emission.push(b"x"), emission.is_over) == ("c", True)
    assert (emission.push(b"y"), emission.finish()) == ("", "")


@pytest.mark.parametrize(("values", "hint"), [
    ({"stops": ["a", ""]}, "--stop"),
    ({"length": 0}, "--length"),
    ({"length": -1}, "--length"),
])  # fmt: skip
def test_what_can_be_no_end_is_refused(values: dict[str, object], hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        Emission(**values)  # type: ignore[arg-type]
    assert refused.value.hint.startswith(hint)
