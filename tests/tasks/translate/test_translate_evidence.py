"""What a page shows of answers, on texts that are written by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.figures.bars import Bars
from seqtune.figures.block import BLOCKS, Block
from seqtune.figures.grid import Grid
from seqtune.figures.matrix import Matrix
from seqtune.tasks.translate import illustrate
from seqtune.tasks.translate.evidence.by_length import length_block
from seqtune.tasks.translate.evidence.by_unit import aligned, units_block
from seqtune.tasks.translate.evidence.examples import chosen, examples_block
from seqtune.tasks.translate.evidence.looks import attention_block
from seqtune.tasks.translate.evidence.spread import spread_block
from seqtune.tasks.translate.evidence.written import Written


def written(
    own: list[str], expected: list[str], method: list[str] | None = None, unit: str = "character"
) -> Written:
    """Answers, each to a source as long as the one answer that is right."""
    answers = {"net": own} if method is None else {"net": own, "copy": method}
    return Written(
        answers=answers,
        references=[(each,) for each in expected],
        model="net",
        baseline="" if method is None else "copy",
        sources=["s" * len(each) for each in expected],
        lengths=np.array([len(each) for each in expected]),
        unit=unit,
        where="row {}".format,
    )


def only(block: Block | None, kind: type[Any], place: int = 0) -> Any:
    assert block is not None
    return [each for each in block.figures if isinstance(each, kind)][place]


def text_of(block: Block | None) -> str:
    return " ".join(block.sentences) if block else ""


def test_edits_are_to_the_nearest_reference() -> None:
    made = replace(written(["abc", ""], ["abd", "xy"]), references=[("abd", "zzzz"), ("xy",)])
    assert made.edits["net"].tolist() == [1, 2] and made.sizes["net"].tolist() == [3, 2]
    assert made.share_wrong("net").tolist() == [1 / 3, 1.0]
    assert made.error_rate("net", np.array([True, True])).value == 3 / 5
    words = written(["a b  c"], ["a x c"], unit="word")
    assert words.edits["net"].tolist() == [1] and words.sizes["net"].tolist() == [3]


def test_blanks_do_not_make_an_answer_wrong() -> None:
    assert written([" a  b ", "ab"], ["a b", "a b"]).right("net").tolist() == [True, False]


def test_examples_are_the_worst_typical_and_best() -> None:
    expected = ["aaaa"] * 9
    own = ["aaaa", "aaab", "aabb", "abbb", "bbbb", "aaaa", "aaab", "aabb", "abbb"]
    found = chosen(written(own, expected))
    assert [case for kind, case in found if kind == "worst"] == [4, 8, 3]
    assert [case for kind, case in found if kind == "typical"] == [6, 2, 7]
    assert [case for kind, case in found if kind == "best"] == [0, 5, 1]
    assert chosen(written(["a"], ["b"])) == [("worst", 0)]


def test_the_longest_of_the_right_answers_are_the_best() -> None:
    assert ("best", 1) in chosen(written(["a", "abcd", "x"], ["a", "abcd", "y"]))


def test_examples_stand_beside_those_of_the_simple_method_and_are_only_text() -> None:
    block = examples_block(written(["<b>x\x1b", "ab"], ["<b>x", "ab"], ["", "ab"]))
    grid = only(block, Grid)
    assert [heading.text for heading in grid.headings] == [
        "", "where", "source", "expected", "answer of net", "wrong", "answer of copy", "wrong",
    ]  # fmt: skip
    assert grid.rows[0] == (
        "worst", "row 0", "ssss", "<b>x", "<b>x\\x1b", "25.0 %", "(nothing)", "100 %",
    )  # fmt: skip
    said = text_of(block)
    assert "net is exactly right in 1 of 2 cases (50.0 %), copy in 1 (50.0 %)" in said
    assert "Of the characters of the references, 16.7 % are wrong, of copy 66.7 %" in said
    assert "in 1 of 2 cases, farther in 0: not told apart." in said


def test_sources_that_are_no_text_have_no_column() -> None:
    made = replace(written(["a"], ["b"]), sources=[""])
    assert "source" not in [head.text for head in only(examples_block(made), Grid).headings]


def test_answers_by_how_much_is_wrong() -> None:
    expected = ["aaaaaaaaaa"] * 4
    own = ["aaaaaaaaaa", "aaaaaaaaab", "aaaaabbbbb", "b" * 30]
    bars = only(spread_block(written(own, expected)), Bars)
    assert bars.categories[:4] == ("none", "up to 10 %", "up to 25 %", "up to 50 %")
    assert bars.groups[0].values == (25.0, 25.0, 0.0, 25.0, 0.0, 0.0, 25.0)
    said = text_of(spread_block(written(own, expected)))
    assert "worst tenth of the answers of net holds 83.3 %" in said  # 30 of 36
    assert "have 150 % (net) of the characters of their references." in said  # 60 of 40


def test_errors_by_length() -> None:
    expected = ["a"] * 10 + ["abcd"] * 10
    own = ["a"] * 10 + ["abxx"] * 10
    block = length_block(written(own, expected, expected))
    bars = only(block, Bars)
    assert bars.categories == ("1 (10)", "4 (10)")
    assert bars.groups[0].values == (0.0, 50.0) and bars.groups[1].values == (0.0, 0.0)
    said = text_of(block)
    assert "shortest sources (1 characters) 0 %" in said and "50.0 %." in said
    assert "better in 0 of 2 groups, worse in 1, and not told apart in 1" in said
    assert length_block(written(["a"] * 20, ["a"] * 20)) is None
    assert length_block(written(["a", "ab"], ["a", "ab"])) is None


def test_units_are_aligned() -> None:
    made = written(["axc", "ab", "abb", ""], ["abc", "abc", "ab", "z"])
    found = aligned(made, "net")
    assert {pair: found[pair] for pair in found if pair[0] != pair[1]} == {
        ("b", "x"): 1, ("c", ""): 1, ("", "b"): 1, ("z", ""): 1,
    }  # fmt: skip
    assert found["a", "a"] == 3 and found["b", "b"] == 2


def test_what_is_taken_for_what() -> None:
    block = units_block(written(["ax", "ax", "a"], ["ab", "ab", "ab"], ["ab", "ab", "abb"]))
    own, method = only(block, Matrix), only(block, Matrix, 1)
    assert own.rows == ("b", "x", "(put in)") and own.columns == ("b", "x", "(left out)")
    assert own.texts == (("", "2", "1"), ("", "", ""), ("", "", ""))
    assert own.values[0] == pytest.approx((0.0, 2 / 3, 1 / 3), rel=1e-3)
    assert own.values[1] == (None, None, None)  # no x was expected
    assert method.texts[0] == ("3", "", "") and method.texts[2] == ("1", "", "")
    assert only(block, Grid).rows == (("b", "x", "2", "0"), ("b", "(nothing)", "1", "0"))
    said = text_of(block)
    assert "Of 3 mistakes of net, 2 are one character for another, 1 are left out and 0" in said
    assert "Most often 'b' becomes 'x': 2 times (66.7 %)." in said


def test_words_have_no_matrix_and_right_answers_no_confusion() -> None:
    block = units_block(written(["the cat"], ["the dog"], unit="word"))
    assert block is not None and [each.kind for each in block.figures] == ["grid"]
    assert only(block, Grid).rows == (("dog", "cat", "1"),)
    assert units_block(written(["ab"], ["ab"])) is None


def test_attention_is_a_matrix_of_tokens() -> None:
    seen = {"source": ["x", " "], "answer": ["ab", "<end>"], "weights": [[0.9, 0.1], [0.0, 1.0]]}
    matrix = only(attention_block([seen]), Matrix)
    assert matrix.rows == ("ab", "<end>") and matrix.columns == ("x", "' '")
    assert matrix.values == ((0.9, 0.1), (0.0, 1.0))
    assert matrix.title.endswith("ab")
    assert attention_block([]) is None


def test_blocks_are_kept_and_read() -> None:
    made = written(["\U0001f600", "b"] * 10, ["a", "bc"] * 10, ["a", "b"] * 10)
    blocks = tuple(
        block
        for block in (
            examples_block(made), spread_block(made), length_block(made), units_block(made),
        )
        if block is not None
    )  # fmt: skip
    assert len(blocks) == 4
    assert BLOCKS.validate_json(BLOCKS.dump_json(blocks)) == blocks


def test_attention_is_that_of_a_network_that_has_not_learnt_the_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    def decode(members: Any, *_: Any, **__: Any) -> Any:
        asked.extend(member.network for member in members)
        return SimpleNamespace(attention=())

    monkeypatch.setattr(illustrate, "decode", decode)
    opened = SimpleNamespace(
        method="",
        values={"network.decoder": "attention"},
        network=SimpleNamespace(searched="before"),
    )
    models: Any = SimpleNamespace(name_of=lambda _: "t1", open_members=lambda _: [opened])
    codec = SimpleNamespace(
        roles=SimpleNamespace(is_text=True), tokenizer=lambda *_: None, source_name=lambda _: "s"
    )
    inputs = SimpleNamespace(lengths=np.array([2]), select=lambda _: [np.array([1, 2])])
    encoded: Any = SimpleNamespace(inputs={"s": inputs})
    prepared: Any = SimpleNamespace(codec=codec)
    assert illustrate.attention_of(prepared, encoded, [0], models) == []
    assert asked == ["before"]
