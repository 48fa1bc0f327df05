"""What a tagger shows: counts by hand, exact drawings, and files that a stranger wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from drawn import drawn
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as some
from tagged_sequences import BIO, PLAIN, codec_of, encoded_of, given

from seqtune.tasks.tag.evaluate import evaluate_positions
from seqtune.tasks.tag.illustrate import illustrate
from seqtune.tasks.tag.report import KINDS
from seqtune.tasks.tag.report_mistakes import Mistake
from seqtune.tasks.tag.report_sentences import Piece
from seqtune.tasks.tag.report_tags import Confused, TagFigures
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.sentence_pieces import tagged_sentences
from seqtune.tasks.tag.step_stretch import tagged_stretch
from seqtune.tasks.tag.tag_errors import surest_mistakes, tags_report
from seqtune.tasks.tag.tags import Tags

WORDS = ["from", "New", "York", "to", "Rome", "on", "Monday", "."]
TRUTH = ["O", "B-x", "I-x", "O", "B-y", "O", "B-x", "O"]
GIVEN = ["O", "B-x", "O", "O", "B-y", "B-y", "O", "O"]
SPANS = given(BIO, GIVEN, TRUTH, [8], 0.9)
TOKENS = given(PLAIN, list("aabbcac"), ["a", "a", "b", "a", "a", "", "?"], [3, 4], 0.75)
LETTERS = list("stuvwxy")


def as_kept(report: Any) -> Any:
    """A report as it comes out of a file."""
    values = json.loads(json.dumps(report.to_dict()))
    values.pop("kind", None)
    return KINDS[report.kind].from_dict(values)


def test_figures_of_each_tag_by_hand() -> None:
    report = tags_report(TOKENS, "token", "Answers")
    assert list(report.figures) == [
        TagFigures("a", 2, 4, 2),
        TagFigures("b", 1, 1, 2),
        TagFigures("(never learnt)", 0, 1, 0),
        TagFigures("c", 0, 0, 2),
    ]
    assert list(report.confused) == [
        Confused("a", "b", 1, 0.25), Confused("a", "c", 1, 0.25),
        Confused("(never learnt)", "c", 1, 1.0),
    ]  # fmt: skip
    assert report.pairs == 3
    first = report.figures[0]
    assert (first.precision, first.recall, first.f1) == (1.0, 0.5, 2 / 3)
    assert report.figures[3].recall is None and report.figures[2].precision is None
    assert TagFigures("d", 0, 0, 0).f1 is None


def test_kinds_of_spans_are_counted_where_tags_mark_spans() -> None:
    report = tags_report(SPANS, "token", "Answers")
    assert report.unit == "span"
    assert list(report.figures) == [TagFigures("x", 0, 2, 1), TagFigures("y", 1, 1, 2)]
    assert {(each.truth, each.tag) for each in report.confused} == {
        ("I-x", "O"), ("O", "B-y"), ("B-x", "O"),
    }  # fmt: skip


def test_figures_are_drawn() -> None:
    assert (
        drawn(tags_report(TOKENS, "token", "Answers"))
        == """\
Answers

                        precision  recall    F1
tag             tokens        (%)     (%)   (%)
───────────────────────────────────────────────
a                    4        100    50.0  66.7
b                    1       50.0     100  66.7
(never learnt)       1          -     0.0   0.0
c                    0        0.0       -   0.0

The commonest errors
- 'a' taken for 'b': 1 time (25.0 % of 'a')
- 'a' taken for 'c': 1 time (25.0 % of 'a')
- '(never learnt)' taken for 'c': 1 time (100 % of '(never learnt)')"""
    )


def test_nothing_wrong_and_nothing_scored_are_said() -> None:
    right = given(PLAIN, ["a"], ["a"], [1], 0.9)
    assert drawn(tags_report(right, "step", "A")).endswith("No tag was taken for another.")
    unknown = given(PLAIN, ["a"], [""], [1], 0.9)
    assert drawn(tags_report(unknown, "step", "A")) == "A\nNo position was scored."
    assert drawn(surest_mistakes(unknown, "step")) == "No mistakes"


def test_of_many_tags_and_errors_the_commonest_are_drawn() -> None:
    names = tuple(f"t{number}" for number in range(40))
    found = given(Tags(names), [*names[1:], names[0]], names, [40], 0.9)
    text = drawn(tags_report(found, "token", "A"))
    assert "and 15 rarer tags" in text and "and 30 more pairs" in text


def test_runs_of_one_mistake_are_one_the_surest_first() -> None:
    found = given(PLAIN, list("bbabbcb"), list("aaaaacb"), [4, 3], 0.6)
    found.marginals[4] = [0.1, 0.9, 0.0]
    report = surest_mistakes(found, "token", LETTERS)
    assert report.total == 4
    assert list(report.mistakes) == [
        Mistake("test.conll:5", "a", "b", 0.9, 1, (), ("w",), ("x", "y")),
        Mistake("test.conll:1", "a", "b", 0.6, 2, (), ("s", "t"), ("u", "v")),
        Mistake("test.conll:4", "a", "b", 0.6, 1, ("s", "t", "u"), ("v",), ()),
    ]
    assert (
        drawn(report)
        == """\
The surest mistakes of 4 wrong tokens

test.conll:5: a -> b (90.0 % sure)
    >w< x y

test.conll:1: a -> b (2 tokens, 60.0 % sure)
    >s t< u v

test.conll:4: a -> b (60.0 % sure)
    s t u >v<"""
    )
    assert len(surest_mistakes(found, "token", LETTERS, most=1).mistakes) == 1


def test_spans_are_shown_with_what_is_right_instead() -> None:
    report = tagged_sentences(SPANS, WORDS, "Sentences")
    assert list(report.sentences[0].pieces) == [
        Piece(("from",)),
        Piece(("New",), "x", "[New York]/x"),
        Piece(("York",)),
        Piece(("to",)),
        Piece(("Rome",), "y"),
        Piece(("on",), "y", "-"),
        Piece(("Monday",), "", "x"),
        Piece((".",)),
    ]
    assert (
        drawn(report)
        == """\
Sentences
word/tag; word/tag (right tag) where it is wrong; - is no tag

test.conll:1: 3 of 8 wrong
  from New/x ([New York]/x) York to Rome/y on/y (-) Monday/- (x) ."""
    )


def test_a_span_of_several_tokens_is_in_brackets() -> None:
    found = given(BIO, TRUTH, TRUTH, [8], 0.9)
    last = drawn(tagged_sentences(found, WORDS, "S")).splitlines()[-1]
    assert last == "  from [New York]/x to Rome/y on Monday/x ."


def test_the_tag_of_most_tokens_is_not_written() -> None:
    found = given(PLAIN, list("aabaac"), list("aabcac"), [6], 0.9)
    text = drawn(tagged_sentences(found, LETTERS, "S"))
    assert text.splitlines()[-1] == "  s t u/b v/a (c) w x/c"
    assert "word/tag, all others are a;" in text


def test_sentences_that_are_long_or_short_are_shown_where_there_are_no_others() -> None:
    found = given(PLAIN, ["a", "b"] * 50, ["a", "b"] * 50, [100], 0.9)
    text = drawn(tagged_sentences(found, ["w"] * 100, "S"))
    assert text.count("w/a") == 20 and text.endswith("...")
    assert drawn(tagged_sentences(given(PLAIN, [], [], [], 0.9), [], "S")) == (
        "S\nThere is no sentence to show."
    )


def test_sentences_go_from_the_best_to_the_worst() -> None:
    truth = ["a"] * 40
    answers = [each for wrong in (2, 0, 4, 1) for each in ["b"] * wrong + ["a"] * (10 - wrong)]
    report = tagged_sentences(given(PLAIN, answers, truth, [10] * 4, 0.9), ["w"] * 40, "S")
    assert [sentence.wrong for sentence in report.sentences] == [1, 2, 4]


def series(*lengths: int) -> tuple[Any, np.ndarray]:
    count = sum(lengths)
    truth = ["a" if step % 20 < 10 else "b" for step in range(count)]
    answers = [*truth[3:], *truth[:3]]
    found = replace(given(PLAIN, answers, truth, lengths, 0.9), names=[f"s{n}" for n in lengths])
    values = np.stack([np.zeros(count), np.array([ord(tag) for tag in truth], float)], axis=1)
    return found, values


def test_steps_are_drawn_with_bands_of_letters() -> None:
    found, values = series(20)
    report = tagged_stretch(found, values, ["flat", "level"], "Test part")
    assert (report.title, report.right) == ("Test part: level of s20", 0.7)
    lines = drawn(report, width=29, encoding="ascii").splitlines()
    assert lines[0] == "Test part: level of s20"
    assert lines[1] == "98.0 +           ..........."
    assert lines[-8:-5] == [  # column c of 22 is step (2 c + 1) 20 / 44
        "      aaaaaaaaaaabbbbbbbbbbb",
        "      aaaaaaaabbbbbbbbbbbaaa",
        "              xxx        xxx",
    ]
    assert lines[-5] == "a a, b b" and lines[-1] == "70.0 % of all steps are right"


def test_a_stretch_lies_in_one_series_and_holds_what_is_missing() -> None:
    found, values = series(5, 700, 3)
    values[100:110] = np.nan
    report = as_kept(tagged_stretch(found, values, ["u", "v"], "T"))
    assert len(report.values) == len(report.truth) == len(report.given) == 300
    assert report.title == "T: v of s700"
    assert drawn(report)


def test_no_finite_value_and_no_channel_are_drawn_as_words() -> None:
    found, values = series(9)
    for nothing in (values * np.nan, values[:, :0]):
        assert "There is nothing to draw" in drawn(tagged_stretch(found, nothing, [], "T"))


def test_an_illustration_is_of_tokens_or_of_steps_or_nothing() -> None:
    def shown(found: Any, roles: Roles, *plain: Any) -> dict[str, Any]:
        prepared: Any = SimpleNamespace(
            codec=codec_of(found.tags, roles), encoded=lambda part: encoded_of(found, *plain)
        )
        return illustrate(prepared, found.marginals)

    tokens, steps = Roles("tokens", "tag", "word"), Roles("steps", "tag", channels=("u", "v"))
    assert shown(SPANS, tokens, WORDS)["kind"] == "sentences"
    found, values = series(30)
    made = shown(found, steps, (), values)
    assert made["kind"] == "steps" and made["title"] == "Test part: v of s30"
    assert shown(given(PLAIN, [], [], [], 0.9), steps) == {}


def test_an_evaluation_scores_all_models_and_shows_the_first() -> None:
    codec = codec_of(BIO, Roles("tokens", "tag", "word"))
    truth = np.eye(5)[SPANS.targets]
    models = {"a": SPANS.marginals, "b": truth}
    found = evaluate_positions(codec, encoded_of(SPANS, WORDS), models)
    assert found.scores["b"]["span_f1"] == 1.0 > found.scores["a"]["span_f1"]
    assert (found.examples, found.unit) == (8, "token")
    assert [part.kind for part in found.parts] == ["tags", "tag_mistakes"]
    assert "Answers of a" in drawn(found.parts[0])


REPORTS = [
    tags_report(TOKENS, "token", "Answers"),
    surest_mistakes(SPANS, "token", WORDS),
    tagged_sentences(SPANS, WORDS, "Sentences"),
    tagged_stretch(*series(30), ["u", "v"], "Test part"),
]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.kind)
def test_a_report_is_the_same_out_of_a_file(report: Any) -> None:
    assert drawn(as_kept(report)) == drawn(report)
    assert "\x1b" not in drawn(report)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.kind)
def test_what_a_stranger_wrote_is_drawn_or_refused(report: Any) -> None:
    values = json.loads(json.dumps(report.to_dict()))
    values.pop("kind", None)
    places = [*_places(values)]
    strange = some.sampled_from([None, -1, 1.5, 10**30, float("nan"), "x", [], [1], {}, True])

    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @any_of(some.sampled_from(places), strange)
    def changed(place: tuple[Any, ...], value: Any) -> None:
        copy = json.loads(json.dumps(values))
        inner = copy
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        try:
            drawn(KINDS[report.kind].from_dict(copy))
        except (ValueError, KeyError, TypeError):
            return

    changed()


def _places(values: Any, before: tuple[Any, ...] = ()) -> Any:
    pairs = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in pairs:
        yield (*before, key)
        if isinstance(value, (dict, list)):
            yield from _places(value, (*before, key))
