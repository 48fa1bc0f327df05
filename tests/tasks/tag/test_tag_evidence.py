"""What a page shows of a tagger, on tags that are set by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tagged_sequences import BIO, PLAIN, given

from seqtune.figures.bars import Bars
from seqtune.figures.block import BLOCKS, Block
from seqtune.figures.grid import Grid
from seqtune.figures.lines import Lines
from seqtune.figures.matrix import Matrix
from seqtune.figures.passage import Passage
from seqtune.tasks._ratios import apart, ratio
from seqtune.tasks.tag.evidence.by_confusion import confusion_block
from seqtune.tasks.tag.evidence.by_place import (
    changes_block,
    distances,
    length_block,
    words_block,
)
from seqtune.tasks.tag.evidence.by_tag import tags_block
from seqtune.tasks.tag.evidence.counts import counts_of, kinds_of
from seqtune.tasks.tag.evidence.gallery import STEPS, gallery_block, stretches
from seqtune.tasks.tag.evidence.mistakes import mistakes_block
from seqtune.tasks.tag.evidence.sentences import sentences_block
from seqtune.tasks.tag.evidence.tagging import Tagging

WORDS = ["from", "New", "York", "to", "Rome", "on", "Monday", "."]
TRUTH = ["O", "B-x", "I-x", "O", "B-y", "O", "B-x", "O"]
GIVEN = ["O", "B-x", "O", "O", "B-y", "B-y", "O", "O"]
NOTHING = ["O"] * 8
SPANS = given(BIO, GIVEN, TRUTH, [8], 0.9)
TOKENS = given(PLAIN, list("aabbcac"), ["a", "a", "b", "a", "a", "", "?"], [3, 4], 0.75)


def tagging(own: Any, method: Any = None, **changes: Any) -> Tagging:
    found = {"net": own} if method is None else {"net": own, "usual": method}
    return Tagging(found, "net", "" if method is None else "usual", **changes)


def many(pairs: list[tuple[str, str]], method: str = "") -> Tagging:
    """Sequences of tags that were given, and the true ones."""
    said, truth = ("".join(each) for each in zip(*pairs, strict=True))
    lengths = [len(each) for each, _ in pairs]
    made = given(PLAIN, list(said), list(truth), lengths, 0.8)
    other = given(PLAIN, list(method), list(truth), lengths, 0.8) if method else None
    return tagging(made, other)


def only(block: Block | None, kind: type[Any], place: int = 0) -> Any:
    assert block is not None
    return [each for each in block.figures if isinstance(each, kind)][place]


def text_of(block: Block | None) -> str:
    return " ".join(block.sentences) if block else ""


def test_ratios_and_their_errors_by_hand() -> None:
    found = ratio([1, 3], [2, 4])
    # 4 of 6: residuals 1 - 4/3 and 3 - 8/3, of both (1/3)^2 * 2, times 2 / 1
    assert found.value == pytest.approx(2 / 3)
    assert found.error == pytest.approx(np.sqrt(2 / 9 * 2) / 6)
    assert np.isnan(ratio([0], [0]).value) and np.isnan(ratio([1], [1]).error)


def test_ratios_of_the_same_sequences_are_told_apart_in_pairs() -> None:
    below = np.full(10, 10)
    own, other = np.arange(10), np.arange(10) + 1  # always one better, though both spread widely
    assert apart(ratio(other, below), ratio(own, below)) == 1
    assert apart(ratio(own, below), ratio(other, below)) == -1
    assert apart(ratio(own, below), ratio(own[::-1], below)) == 0


def test_spans_are_counted_by_their_kind() -> None:
    kinds = kinds_of(SPANS, 10)
    assert kinds == ("x", "y")
    found = counts_of(SPANS, kinds)
    assert found.right.tolist() == [[0, 1]]
    assert found.support.tolist() == [[2, 1]]
    assert found.predicted.tolist() == [[1, 2]]
    assert found.f1(1).value == pytest.approx(2 / 3)


def test_tags_are_counted_sequence_by_sequence() -> None:
    kinds = kinds_of(TOKENS, 10)
    assert kinds == ("a", "(never learnt)", "b")  # what is not known does not count
    found = counts_of(TOKENS, kinds)
    assert found.support.tolist() == [[2, 0, 1], [2, 1, 0]]
    assert found.right.tolist() == [[2, 0, 1], [0, 0, 0]]
    assert found.predicted.tolist() == [[2, 0, 1], [0, 0, 1]]
    assert kinds_of(TOKENS, 1) == ("a",)


def test_tags_beside_those_of_the_simple_method() -> None:
    block = tags_block(tagging(SPANS, given(BIO, NOTHING, TRUTH, [8], 0.9)))
    bars, grid = only(block, Bars), only(block, Grid)
    assert bars.categories == ("x", "y")
    assert bars.groups[0].values == (0.0, pytest.approx(2 / 3, rel=1e-6))
    assert bars.groups[1].values == (0.0, 0.0)
    assert grid.rows == (
        ("x", "2", "0", "0", "0", "0"),
        ("y", "1", "0.500", "1.00", "0.667", "0"),
    )
    said = text_of(block)
    assert "net has 5 of 8 tokens right (62.5 %), usual 50.0 %." in said
    assert "fewer mistakes than usual in 1 of 1 sentence and more in 0: the two are not" in said


def test_a_model_that_is_better_in_every_sentence_is_better_than_chance() -> None:
    block = tags_block(many([("aab", "aab")] * 8, "bbb" * 8))
    assert "in 8 of 8 sentences and more in 0: better than chance would give." in text_of(block)
    assert "higher for 2 of 2 tags" in text_of(block)


def test_the_confusion_of_tags() -> None:
    block = confusion_block(tagging(TOKENS, TOKENS))
    own = only(block, Matrix)
    assert own.rows == ("a", "b", "(never learnt)") and own.columns == ("a", "b")
    assert own.texts == (("2", "1"), ("0", "1"), ("0", "0"))
    assert own.values[0] == (0.5, 0.25)  # the rest was taken for c
    assert not own.is_expected_diagonal
    assert only(block, Matrix, 1).title == "Tags of usual"
    assert "'a' is taken for 'b' 1 time (25.0 % of its tokens)" in text_of(block)


def test_sentences_mark_what_is_right_and_wrong() -> None:
    words = ["from", "<b>New\x1b", *WORDS[2:]]
    block = sentences_block(tagging(SPANS, SPANS), words)
    passage = only(block, Passage)
    assert passage.title == "test.conll:1: 3 of 8 wrong"
    assert passage.caption == "usual: 3 wrong."
    pieces = [(each.text, each.role, each.note) for each in passage.pieces if each.text != " "]
    assert pieces == [
        ("from", "plain", ""),
        ("<b>New\\x1b", "wrong", "tagged x; right is [<b>New\\x1b York]/x"),
        ("York", "plain", ""),
        ("to", "plain", ""),
        ("Rome", "right", "y"),
        ("on", "wrong", "tagged y; right is -"),
        ("Monday", "wrong", "tagged no tag; right is x"),
        (".", "plain", ""),
    ]
    assert "no mistake in 0 sentences of 1." in text_of(block)


def test_mistakes_by_length() -> None:
    short, long = [("a", "a")] * 10, [("abab", "aaaa")] * 10
    block = length_block(many(short + long, "a" * 50))
    bars = only(block, Bars)
    assert bars.categories == ("1 (10)", "4 (40)")
    assert bars.groups[0].values == (0.0, 50.0) and bars.groups[1].values == (0.0, 0.0)
    assert "wrong most often at 4 (50.0 %) and least at 1 (0 %)." in text_of(block)
    assert "better in 0 of 2 groups, worse in 1, and not told apart in 1" in text_of(block)
    assert length_block(many(short)) is None  # all of one length
    assert length_block(many([("a", "a"), ("ab", "ab")])) is None


def test_mistakes_of_words_that_are_not_known() -> None:
    known = np.array([True, True, False, True, False, True, True])
    bars = only(words_block(tagging(TOKENS), known), Bars)
    # known: a a, b for a, one never learnt; others: b, c for a
    assert bars.categories == ("known words (4)", "other words (2)")
    assert bars.groups[0].values == (50.0, 50.0)
    assert words_block(tagging(TOKENS), np.ones(7, np.bool_)) is None


def test_distances_from_a_change() -> None:
    found = distances(np.array([0, 0, 0, 1, 1, 1, 1, 0, 2]), np.array([0, 8, 9]))
    assert found.tolist() == [2, 1, 0, 0, 1, 1, 0, 0, -1]
    assert distances(np.empty(0, np.int64), np.array([0])).tolist() == []


def test_mistakes_near_a_change() -> None:
    block = changes_block(many([("aaabbb", "aaaabb")]))
    bars = only(block, Bars)
    assert bars.categories == ("0 (2)", "1 to 2 (3)", "3 to 5 (1)")
    assert bars.groups[0].values == (50.0, 0.0, 0.0)
    assert changes_block(many([("aa", "aa")])) is None


def test_the_surest_mistakes() -> None:
    block = mistakes_block(tagging(SPANS, given(BIO, TRUTH, TRUTH, [8], 0.9)), WORDS)
    rows = only(block, Grid).rows
    assert rows[0] == ("test.conll:3", "from New [York] to Rome on Monday .", "I-x", "O", "90.0 %")
    assert len(rows) == 3
    assert "usual is wrong too at 0 of them (0 %)." in text_of(block)
    assert mistakes_block(tagging(given(BIO, TRUTH, TRUTH, [8], 0.9)), WORDS) is None


def test_stretches_are_the_best_typical_and_worst_in_which_the_tag_changes() -> None:
    half = "a" * (STEPS // 2) + "b" * (STEPS // 2)
    pairs = [
        (half, half),
        ("a" * STEPS, half),
        (half[::-1], half),
        ("a" * STEPS, "a" * STEPS),  # nothing changes
    ]
    found = stretches(many(pairs))
    assert [(each.kind, each.first // STEPS) for each in found] == [
        ("best", 0), ("typical", 1), ("worst", 2),
    ]  # fmt: skip
    assert {each.kind for each in stretches(many([pairs[3]]))} == {"worst"}
    assert stretches(many([("a", " ")])) == []


def test_the_gallery_marks_the_rarer_tags_and_where_the_model_errs() -> None:
    made = replace(tagging(given(PLAIN, list("aabb"), list("abbb"), [4], 0.9)), unit="step")
    values = np.array([[0.0, 1.0], [np.nan, 2.0], [3.0, 3.0], [4.0, 4.0]])
    block = gallery_block(made, values, ["x", "y"])
    lines = only(block, Lines)
    assert block is not None and block.is_gallery
    assert [(each.name, each.first, each.last, each.role) for each in lines.spans] == [
        ("a, labelled", 0, 0, "actual"),
        ("taken for a by net", 1, 1, "model"),
    ]
    assert lines.lines[0].values == (0.0, None, 3.0, 4.0)
    assert lines.caption == "Steps without a mark are 'b'. Wrong: net 25.0 %."


def test_blocks_are_kept_and_read_and_nothing_known_shows_nothing() -> None:
    made = tagging(SPANS, SPANS)
    blocks = tuple(
        block
        for block in (tags_block(made), confusion_block(made), sentences_block(made, WORDS))
        if block is not None
    )
    assert BLOCKS.validate_json(BLOCKS.dump_json(blocks)) == blocks
    unknown = many([("ab", "  ")])
    assert tags_block(unknown) is None and confusion_block(unknown) is None
    assert mistakes_block(unknown, ["x", "y"]) is None
