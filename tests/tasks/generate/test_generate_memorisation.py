"""What a text has copied: by hand, and against a slow program that is plainly right."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from seqtune.tasks.generate import memorisation
from seqtune.tasks.generate.memorisation import memorised

EIGHT = "one two three four five six seven eight"


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memorisation, "CHUNK", 7)


def slowly(text: str, source: str) -> int:
    """The longest common part, by trying all."""
    return max(
        (
            end - start
            for start in range(len(text))
            for end in range(start + 1, len(text) + 1)
            if text[start:end] in source
        ),
        default=0,
    )


@pytest.mark.parametrize(("text", "source", "run"), [
    ("", "abc", ""),
    ("abc", "", ""),
    ("a", "a", "a"),
    ("a", "b", ""),
    ("abc", "abc", "abc"),
    ("xabcx", "yabcy", "abc"),
    ("abcabd", "zabdz", "abd"),
    ("the cat sat", "a cat sat down", " cat sat"),
    ("aaaa", "aaaaaaaa", "aaaa"),
    ("aaaaaaaa", "aaaa", "aaaa"),
    ("größer 😀 als", "viel größer 😀!", "größer 😀"),
])  # fmt: skip
def test_the_longest_run_by_hand(text: str, source: str, run: str) -> None:
    found = memorised(text, [source])
    assert (found.run, found.characters) == (run, len(run))


@pytest.mark.parametrize("seed", range(20))
def test_the_longest_run_is_that_of_the_slow_program_wherever_chunks_end(
    seed: int, small_chunks: None
) -> None:
    draw = np.random.default_rng(seed)
    text = "".join(draw.choice(list("ab "), size=draw.integers(1, 25)))
    source = "".join(draw.choice(list("ab "), size=draw.integers(1, 120)))
    cuts = np.sort(draw.integers(len(source) + 1, size=5))
    pieces = [source[a:b] for a, b in zip([0, *cuts], [*cuts, len(source)], strict=True)]
    found = memorised(text, pieces)
    assert found.run in text and found.run in source
    assert found.characters == slowly(text, source)


def test_a_run_across_many_chunks_is_whole(small_chunks: None) -> None:
    run = "".join(chr(ord("a") + number % 26) for number in range(60))
    assert memorised(f"!{run}?", ["-" * 5, run[:33], run[33:], "-" * 40]).run == run


def test_a_text_on_which_weak_hashes_fail_is_compared_by_its_characters() -> None:
    """Thue-Morse words have equal hashes modulo 2^64 under every base if letters are plain."""
    word = "a"
    for _ in range(11):
        word += word.translate(str.maketrans("ab", "ba"))
    flipped = word.translate(str.maketrans("ab", "ba"))
    found = memorised(word, [flipped])
    assert found.run in word and found.run in flipped
    assert 1024 <= found.characters < 2048


@pytest.mark.parametrize(("text", "source", "runs", "copied"), [
    ("", EIGHT, 0, None),
    ("one two three", EIGHT, 0, None),
    (EIGHT, "", 1, 0.0),
    (EIGHT, EIGHT, 1, 1.0),
    (EIGHT, f"zero {EIGHT} nine", 1, 1.0),
    (EIGHT, EIGHT.replace(" ", "\n\n"), 1, 1.0),  # how words are set apart does not count
    (EIGHT, EIGHT.replace("eight", "eighty"), 1, 0.0),
    (f"{EIGHT} nine", EIGHT, 2, 0.5),
    (f"{EIGHT} nine {EIGHT}", f"so: {EIGHT} 9", 10, 0.2),
    ("我喜欢在早上喝茶", "他说我喜欢在早上喝茶。", 1, 1.0),  # a word per character
    ("我喜欢在早上喝茶", "他说我喜欢在晚上喝茶。", 1, 0.0),
])  # fmt: skip
def test_copied_runs_of_words_by_hand(
    text: str, source: str, runs: int, copied: float | None
) -> None:
    found = memorised(text, [source])
    assert (found.runs, found.copied) == (runs, copied)


@pytest.mark.parametrize("seed", range(10))
def test_copied_words_do_not_depend_on_where_pieces_and_chunks_end(
    seed: int, small_chunks: None
) -> None:
    draw = np.random.default_rng(seed)
    source = " ".join(draw.choice(["aa", "b", "ccc"], size=400))
    text = " ".join(draw.choice(["aa", "b", "ccc"], size=60))
    words, own = source.split(), text.split()
    there = {tuple(words[place : place + 8]) for place in range(len(words) - 7)}
    expected = np.mean([tuple(own[place : place + 8]) in there for place in range(53)])
    cuts = [0, *np.sort(draw.integers(len(source), size=9)).tolist(), len(source)]
    pieces = [source[a:b] for a, b in pairwise(cuts)]
    assert memorised(text, pieces).copied == pytest.approx(expected)


def test_memory_does_not_grow_with_the_source() -> None:
    def source(pieces: int) -> Iterator[str]:
        for number in range(pieces):
            yield f"{number:09d} " * 20_000

    def peak(pieces: int) -> int:
        tracemalloc.start()
        found = memorised("so 000000003 000000003 it is", source(pieces))
        assert found.run == " 000000003 000000003 "
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak(40) < 1.2 * peak(12)


@pytest.mark.parametrize(("text", "source", "share"), [
    ("The King, the kin.", "the king's kin", 3 / 4),  # king's is a word of its own
    ("don't go", "Don't", 1 / 2),
    ("123 ...", "a", None),
    ("größer", "GRÖSSER größer", 1.0),
    ("我 们", "我", None),
])  # fmt: skip
def test_words_that_the_source_has_by_hand(text: str, source: str, share: float | None) -> None:
    whole, letters = memorised(text, [source]), memorised(text, list(source))
    assert whole.words == letters.words == (share if share is None else pytest.approx(share))


def test_words_are_whole_wherever_chunks_end(small_chunks: None) -> None:
    assert memorised("sit down sat", ["they sat d", "own toge", "ther"]).words == pytest.approx(
        2 / 3
    )


def test_spans_of_fifty_characters_by_hand() -> None:
    span = "".join(chr(ord("a") + number % 26) + str(number) for number in range(20))[:50]
    assert len(span) == 50
    assert memorised(span[:49], [span]).spans is None
    assert memorised(span, ["-" + span + "-"]).spans == 1.0
    assert memorised(span + "!", ["-" + span + "-"]).spans == 0.5
    assert memorised(span, [span[:49]]).spans == 0.0
