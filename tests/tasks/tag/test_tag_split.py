"""Which sequences train, compare and test, and where few long ones are cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from seqtune.errors import DataError
from seqtune.progress import Event, Note, silent
from seqtune.tasks.tag.blocks import cut_into_blocks
from seqtune.tasks.tag.equal_sentences import joined, numbers_of_equal
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.split import cut_and_split, usual_share
from seqtune.tasks.tag.tag_codes import tag_codes


def sentences(*texts: str, tags: str = "") -> Sequences:
    parts = [text.split() for text in texts]
    tokens = [token for part in parts for token in part]
    offsets = np.cumsum([0, *map(len, parts)])
    given = tags.split() or [("X", "O")[row % 2] for row in range(len(tokens))]
    return Sequences(offsets, np.arange(len(tokens)), tokens=tokens, tags=given)


def series(*tags: str) -> Sequences:
    lengths = [len(each) for each in tags]
    size = sum(lengths)
    return Sequences(
        np.cumsum([0, *lengths]), np.arange(size), values=np.arange(size, dtype=float)[:, None],
        tags=["" if each == "." else each for each in "".join(tags)],
        names=[f"s{number}" for number in range(len(tags))],
    )  # fmt: skip


def said(heard: list[Event]) -> str:
    return " | ".join(event.text for event in heard if isinstance(event, Note))


def test_a_tag_has_a_number_and_none_has_none() -> None:
    names, codes = tag_codes(["b", "", "a", "", "b"])
    assert (names, codes.tolist()) == (["a", "b"], [1, -1, 0, -1, 1])
    assert tag_codes([])[0] == []
    assert tag_codes(["", ""])[1].tolist() == [-1, -1]


def test_positions_are_dealt_out_in_their_shares() -> None:
    many = sentences(*(f"a{number} b c d e" for number in range(400)))
    found, parts = cut_and_split(many, 0.1, 0.2, 1, 100, silent)
    assert found is many
    assert np.bincount(parts).tolist() == [280, 40, 80]
    again = cut_and_split(many, 0.1, 0.2, 1, 100, silent)[1]
    other = cut_and_split(many, 0.1, 0.2, 2, 100, silent)[1]
    assert (again == parts).all() and (other != parts).any()


def test_equal_sentences_and_groups_stay_in_one_part() -> None:
    texts = [f"word{number // 2} b c" for number in range(200)]
    many = sentences(*texts, tags=" ".join(["X", "O", "O"] * 199 + ["O", "O", "O"]))
    heard: list[Event] = []
    _, parts = cut_and_split(many, 0.2, 0.2, 1, 9, heard.append)
    assert (parts[::2] == parts[1::2]).all()
    assert said(heard) == (
        "200 of 200 sentences are equal to another one: equal ones stay in one part; 2 of them "
        "have other tags"
    )
    assert numbers_of_equal(many).tolist()[:5] == [0, 0, 1, 1, 2]
    assert joined(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])).tolist() == [0, 0, 0, 1]


def test_of_few_series_each_part_has_all_tags() -> None:
    tags = ["aabb", "aabb", "aacc", "aacc", "aabb", "aacc", "abbb", "accc", "aaab", "aaac"]
    many = series(*(each * 10 for each in tags))
    for seed in range(5):
        found, parts = cut_and_split(many, 0.3, 0.3, seed, 9, silent)
        assert found is many
        for part in range(3):
            chosen = found.take(np.flatnonzero(parts == part))
            assert {*chosen.tags} == {"a", "b", "c"}


def test_one_series_is_cut_in_the_order_of_time() -> None:
    heard: list[Event] = []
    found, parts = cut_and_split(series("ab" * 50), 0.1, 0.2, 1, 10, heard.append)
    assert found.offsets.tolist() == [0, 70, 80, 100]
    assert parts.tolist() == [0, 1, 2]
    assert found.names == ["s0", "s0", "s0"]
    assert found.rows.tolist() == list(range(100))
    assert said(heard) == (
        "the one series is cut by time into 3 blocks, to train, to compare and to test in this "
        "order"
    )


def test_stretches_are_several_where_a_part_would_lack_tags() -> None:
    blocks, parts, rounds = cut_into_blocks(series("a" * 200 + "b" * 200), 0.2, 0.2, 10)
    assert rounds == 2
    assert blocks.lengths.tolist() == [120, 40, 40, 120, 40, 40]
    assert parts.tolist() == [0, 1, 2, 0, 1, 2]


def test_no_stretch_is_shorter_than_what_a_network_reads() -> None:
    one = series("a" * 200 + "b" * 200)
    blocks, _, rounds = cut_into_blocks(one, 0.2, 0.2, 50)
    assert (rounds, blocks.lengths.tolist()) == (1, [240, 80, 80])
    heard: list[Event] = []
    cut_and_split(one, 0.2, 0.2, 1, 50, heard.append)
    assert "3 blocks" in said(heard)
    cut_and_split(one, 0.2, 0.2, 1, "auto", heard.append)
    assert said(heard).count("3 blocks") == 2


def test_series_too_short_to_be_cut_train() -> None:
    blocks, parts, _ = cut_into_blocks(series("ab", "", "ab" * 10), 0.2, 0.2, 5)
    assert parts.tolist() == [0, 0, 1, 2]
    assert blocks.lengths.tolist() == [2, 12, 4, 4]
    assert blocks.names == ["s0", "s2", "s2", "s2"]


def test_sequences_without_a_label_train() -> None:
    many = series(*("ab" * 5 if number % 2 else "." * 10 for number in range(40)))
    _, parts = cut_and_split(many, 0.2, 0.2, 1, 9, silent)
    assert (parts[::2] == 0).all()
    assert np.bincount(parts[1::2]).tolist() == [12, 4, 4]


def test_groups_are_never_cut() -> None:
    one = series("ab" * 10, "ab" * 10, "ab" * 10)
    grouped = replace(one, groups=np.array([0, 1, 2]))
    found, parts = cut_and_split(grouped, 0.3, 0.3, 1, 5, silent)
    assert len(found) == 3
    assert sorted(parts.tolist()) == [0, 1, 2]
    with pytest.raises(DataError, match="found 2 groups, expected at least 3"):
        two = replace(one, groups=np.array([0, 1, 1]))
        cut_and_split(two, 0.3, 0.3, 1, 5, silent)


def test_too_few_rows_and_parts_without_a_label_are_refused() -> None:
    with pytest.raises(DataError, match="found 4 rows, expected at least 12"):
        cut_and_split(series("abab"), 0.2, 0.2, 1, 9, silent)
    with pytest.raises(DataError, match="no row with a label falls into the test part"):
        cut_and_split(series("ab" * 40 + "." * 30), 0.2, 0.2, 1, 50, silent)


@pytest.mark.parametrize(
    "positions, share", [(0, 0.2), (5_001, 0.15), (50_000, 0.1), (10**6, 0.05)]
)
def test_the_share_falls_with_the_positions(positions: int, share: float) -> None:
    one = Sequences(np.array([0, positions]), np.arange(0))
    assert usual_share(one) == share
