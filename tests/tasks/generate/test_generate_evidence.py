"""What a page shows of a language model, on probabilities that are set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.figures.bars import Bars
from seqtune.figures.block import BLOCKS, Block
from seqtune.figures.grid import Grid
from seqtune.figures.lines import Lines
from seqtune.figures.passage import Passage
from seqtune.figures.points import Points
from seqtune.tasks.generate import illustrate
from seqtune.tasks.generate.before_refit import BeforeRefit
from seqtune.tasks.generate.evidence.by_character import KINDS, characters_block, kinds_of
from seqtune.tasks.generate.evidence.by_part import parts_block, total
from seqtune.tasks.generate.evidence.gaps import gaps_block
from seqtune.tasks.generate.evidence.passages import surprise_block, typical
from seqtune.tasks.generate.evidence.reading import Reading, Readings
from seqtune.tasks.generate.evidence.samples import (
    LENGTH,
    PROMPT,
    Continued,
    prompt_of,
    samples_block,
)
from seqtune.tasks.generate.memorisation import memorised


def readings(
    own: list[float],
    method: list[float] | None = None,
    *,
    starts: list[int] | None = None,
    text: str = "",
    sizes: list[int] | None = None,
    is_fine: bool = True,
) -> Readings:
    """Bits of tokens, each a character if `sizes` does not say otherwise."""
    each = np.ones(len(own)) if sizes is None else np.array(sizes, np.float64)
    made = {"net": Reading(np.array(own), each)}
    if method is not None:
        made["grams"] = Reading(np.array(method), np.ones(len(method)))
    baseline = "" if method is None else "grams"
    return Readings(made, "net", baseline, np.array(starts or [0]), text, is_fine)


def only(block: Block | None, kind: type[Any], place: int = 0) -> Any:
    assert block is not None
    return [each for each in block.figures if isinstance(each, kind)][place]


def text_of(block: Block | None) -> str:
    return " ".join(block.sentences) if block else ""


def test_bits_of_a_long_token_are_spread_over_its_characters() -> None:
    reading = Reading(np.array([4.0, 1.0, 3.0]), np.array([2.0, 0.0, 1.0]))
    # the end of a document has no character: its bit counts with the token before it
    assert reading.between(np.array([0, 1, 2, 3])).tolist() == [2.5, 2.5, 3.0]
    assert reading.characters == 3


def test_few_documents_are_cut_into_stretches_and_many_are_examples() -> None:
    assert readings([1.0] * 1000).bounds.tolist() == [0, 200, 400, 600, 800, 1000]
    assert readings([1.0] * 10).bounds.tolist() == [0, 10]
    many = readings([1.0] * 60, starts=[*range(0, 60, 3)])
    assert many.has_documents and many.bounds.tolist() == [*range(0, 60, 3), 60]


def test_models_are_compared_over_what_both_have_read() -> None:
    made = readings([1.0] * 500, [2.0] * 300)
    assert made.characters == 300 and made.bounds[-1] == 300


def test_the_course_along_one_text() -> None:
    own, method = [1.0] * 200 + [3.0] * 200, [3.0] * 200 + [5.0] * 200
    block = parts_block(readings(own, method))
    lines = only(block, Lines)
    assert lines.x == (0.0, 200.0)
    assert [(line.name, line.values) for line in lines.lines] == [
        ("grams", (3.0, 5.0)),
        ("net", (1.0, 3.0)),
    ]
    said = text_of(block)
    assert "net needs 2.00 bits per character of the test part, grams 4.00: 50.0 % fewer." in said
    assert "fewer in 2 of 2 stretches and more in 0, as chance alone could give." in said
    assert "easiest stretch takes 1.00 bits per character, its hardest 3.00" in said


def test_what_is_as_good_is_not_told_apart() -> None:
    own, method = ([a] * 200 + [b] * 200 for a, b in ((1.0, 3.0), (3.0, 1.2)))
    assert "of the test part, grams 2.10: not told apart." in text_of(
        parts_block(readings(own, method))
    )


def test_each_of_many_documents_is_a_point() -> None:
    starts = [*range(0, 80, 4)]
    block = parts_block(readings([1.0] * 80, [2.0] * 80, starts=starts))
    cloud = only(block, Points).clouds[0]
    assert cloud.x == (2.0,) * 20 and cloud.y == (1.0,) * 20
    assert "fewer in 20 of 20 documents and more in 0." in text_of(block)


def test_bits_by_the_place_in_a_document() -> None:
    document = [3.0] * 50 + [1.0] * 10
    bars = only(parts_block(readings(document * 20, starts=[*range(0, 1200, 60)])), Bars)
    assert bars.categories == ("1 to 50", "51 to 100")
    assert bars.groups[0].values == (3.0, 1.0)
    assert bars.groups[0].errors == (0.0, 0.0)


def test_the_bits_of_all_parts_are_those_of_the_text() -> None:
    draw = np.random.default_rng(0)
    bits, sizes = draw.exponential(size=900), draw.integers(0, 4, 900)
    made = readings(bits.tolist(), sizes=sizes.tolist())
    first = int(np.flatnonzero(sizes)[0])  # what comes before the first character is left out
    assert total(made, "net").value == pytest.approx(bits[first:].sum() / sizes.sum())


def test_kinds_of_characters() -> None:
    found = [KINDS[kind] for kind in kinds_of("Ab 7\n!éc")]
    assert found == [
        "first letter of a word", "further letter", "blank", "digit", "line break", "mark",
        "first letter of a word", "further letter",
    ]  # fmt: skip


def test_bits_by_what_a_character_is() -> None:
    text = "ab ab " * 40
    own = [3.0, 1.0, 0.5] * 80
    block = characters_block(readings(own, [4.0, 1.0, 0.5] * 80, text=text))
    bars = only(block, Bars)
    assert bars.categories == ("first letter of a word (80)", "further letter (80)", "blank (80)")
    assert bars.groups[0].values == (3.0, 1.0, 0.5) and bars.groups[1].values[0] == 4.0
    assert "least certain of a first letter of a word: 3.00 bits" in text_of(block)
    assert characters_block(readings(own, text=text, is_fine=False)) is None
    assert characters_block(readings(own)) is None


def test_only_the_beginning_of_a_long_text_is_counted_and_it_is_said() -> None:
    block = characters_block(readings([1.0] * 900, text="a" * 300))
    assert "The first 300 characters of the test part are counted." in text_of(block)


def test_a_passage_says_how_surprising_each_token_is() -> None:
    block = surprise_block(readings([0.5, 4.0, 9.0], [1.0, 1.0, 1.0], text="<b\x1b"))
    passage = only(block, Passage)
    assert [(each.text, each.weight, each.note) for each in passage.pieces] == [
        ("<", 0.062, "net 0.5 bits, grams 1.0 bits"),
        ("b", 0.5, "net 4.0 bits, grams 1.0 bits"),
        ("\\x1b", 1.0, "net 9.0 bits, grams 1.0 bits"),
    ]
    assert passage.caption == "Bits per character here: net 4.50, grams 1.00."


def test_tokens_of_several_characters_are_one_piece() -> None:
    made = readings([4.0, 8.0], text="Once upon", sizes=[4, 5], is_fine=False)
    pieces = only(surprise_block(made), Passage).pieces
    assert [(each.text, each.weight) for each in pieces] == [("Once", 0.25), (" upon", 0.5)]


def test_the_most_and_the_least_surprising_passages() -> None:
    parts = ["It was late in the year. ", "Nobody came to the house. ", "They all lived happily."]
    bits = [bit for part, bit in zip(parts, (2.0, 5.0, 1.0), strict=True) for _ in part]
    block = surprise_block(readings(bits, text="".join(parts)))
    least, most = only(block, Grid), only(block, Grid, 1)
    assert least.rows[0] == ("26", "Nobody came to the house.", "5.00")
    assert most.rows[0] == ("52", "They all lived happily.", "1.00")
    assert least.title == "Passages that net expected least"
    assert surprise_block(readings(bits)) is None


def test_a_typical_passage_has_text_behind_it() -> None:
    bounds = np.array([0, 100, 200, 1000])
    assert typical(bounds, np.array([9.0, 2.0, 2.0])) == 1
    assert typical(np.array([0, 5]), np.array([1.0])) == 0


def test_a_prompt_ends_with_a_word() -> None:
    text = "word " * 200
    prompt, rest = prompt_of(text, 0, len(text))
    assert prompt.endswith("word") and len(prompt) <= PROMPT
    assert rest.startswith(" word") and len(rest) == LENGTH
    assert prompt_of("x" * 400, 0, 400)[0] == "x" * PROMPT
    assert prompt_of("ab", 0, 2) == ("a", "b")


def test_samples_show_what_is_given_and_what_is_copied() -> None:
    check = memorised(" a cat sat", ["the cat sat down"])
    block = samples_block("Once\x1b", [Continued("net", " a cat sat", check)], 0.8)
    pieces = [(each.text, each.role, each.weight) for each in only(block, Passage).pieces]
    assert pieces == [("Once\\x1b", "given", 0.0), (" a", "plain", 0.0), (" cat sat", "plain", 0.5)]
    assert "word for word has 8 characters (it is marked)." in text_of(block)
    nothing = memorised("zzz", ["the cat"])
    said = text_of(samples_block("", [Continued("net", "zzz", nothing)], 1.0, 10))
    assert "Nothing of what the model wrote is in the first 10 characters" in said
    assert samples_block("", [], 1.0) is None


def test_gaps_of_the_held_out_text_are_filled_by_models_that_have_not_learnt_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(illustrate, "gaps_of", lambda writer: asked.append(writer.models) or [])
    prepared: Any = SimpleNamespace(codec=SimpleNamespace(objective="gap"))
    models: Any = SimpleNamespace(name_of=lambda use: "t1")
    assert illustrate.illustrate(prepared, models, None)["model"] == "t1"  # type: ignore[arg-type]
    assert asked == [BeforeRefit(models)]


def test_gaps_and_guesses() -> None:
    gap = {"before": "a", "after": "sat", "truth": "cat", "guesses": [["cat", 0.5], ["dog", 0.2]]}
    block = gaps_block([gap, {**gap, "truth": "dog"}])
    assert only(block, Grid).rows[0] == ("a ___ sat", "cat", "cat (50.0 %), dog (20.0 %)")
    assert "the hidden word in 1 of 2 gaps" in text_of(block)
    assert gaps_block([]) is None


@dataclass(frozen=True)
class Net:
    name: str
    searched: Any = None


@dataclass(frozen=True)
class Member:
    network: Net
    values: dict[str, Any] = field(default_factory=dict)
    method: str = ""
    weight: float = 0.5
    is_refitted: bool = True


class Run:
    calibrations: dict[str, Any] = {}  # noqa: RUF012

    def name_of(self, use: str | None) -> str:
        return use or "winner"

    def open_members(self, name: str) -> list[Any]:
        return [Member(Net("refitted", Net("searched")))]


def test_held_out_text_is_continued_by_networks_that_never_saw_it() -> None:
    models = BeforeRefit(Run())  # type: ignore[arg-type]
    (member,) = models.open_members(models.name_of(None))
    assert getattr(member.network, "name", "") == "searched"
    assert not member.is_refitted and member.weight == 0.5


def test_blocks_are_kept_and_read_and_no_text_shows_nothing() -> None:
    text = "ab, 12\n" * 60
    made = readings([1.5] * 420, [2.0] * 420, text=text)
    blocks = tuple(
        block
        for block in (parts_block(made), characters_block(made), surprise_block(made))
        if block is not None
    )
    assert len(blocks) == 3
    assert BLOCKS.validate_json(BLOCKS.dump_json(blocks)) == blocks
    assert parts_block(readings([])) is None
