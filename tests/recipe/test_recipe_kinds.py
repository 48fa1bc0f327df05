# ruff: noqa: E501 (messages stand whole on their line)

import pytest

from seqtune.errors import RecipeError
from seqtune.recipe.compounds import Many, OneOrMany, Or, Quantiles
from seqtune.recipe.faults import UnfitError, show, unknown_key
from seqtune.recipe.fields import Search, from_fragment
from seqtune.recipe.kind import plain
from seqtune.recipe.kinds import Encoding, Flag, Mark, Number, Text, Whole, Word
from seqtune.recipe.ranges import Range

WHOLE = Search(Whole(minimum=1))
NUMBER = Search(Number(minimum=0, below=1))


def flaws(kind, value):
    with pytest.raises(UnfitError) as caught:
        kind.check(value)
    return [(flaw.steps, flaw.text) for flaw in caught.value.flaws]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Flag(), True, True),
        (Whole(), 3, 3),
        (Whole(), 1000.0, 1000),
        (Number(), 1, 1.0),
        (Text(), "a", "a"),
        (Mark(), -999, "-999"),
        (Mark(), "none", "none"),
        (Encoding(), "latin-1", "latin-1"),
        (Many(Whole(), "numbers"), [], ()),
        (OneOrMany(Whole(), "numbers"), [24, 168], (24, 168)),
        (OneOrMany(Whole(), "numbers"), 24, 24),
        (Or(("auto", None), Whole()), None, None),
        (Or(("auto",), WHOLE), [4, 8], (4, 8)),
        (Quantiles(), [0.1, 0.5, 0.9], (0.1, 0.5, 0.9)),
        (Quantiles(), [0.5], (0.5,)),
        (WHOLE, 64, 64),
        (WHOLE, [64], (64,)),
        (WHOLE, {"min": 1, "max": 3}, Range(1, 3)),
        (WHOLE, {"min": 1, "max": 9, "step": 2}, Range(1, 9, 2)),
        (WHOLE, {"min": 8, "max": 64, "log": True}, Range(8, 64, log=True)),
        (WHOLE, {"min": 8, "max": 64, "log": False, "step": 8}, Range(8, 64, 8)),
        (NUMBER, {"min": 0, "max": 0.5}, Range(0.0, 0.5)),
        (Search(Flag()), [True, False], (True, False)),
    ],
)
def test_good_values_are_taken(kind, value, expected):
    checked = kind.check(value)
    assert checked == expected
    assert type(checked) is type(expected)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Flag(), 1, "found 1, expected true or false"),
        (Flag(), "yes", "found 'yes', expected true or false"),
        (Whole(minimum=1), 0, "found 0, expected a whole number of at least 1"),
        (Whole(minimum=1), True, "found true, expected a whole number of at least 1"),
        (Whole(minimum=1), "3", "found '3', expected a whole number of at least 1"),
        (Whole(minimum=1), 2.5, "found 2.5, expected a whole number of at least 1"),
        (Whole(), 2**31, "found 2147483648, expected a whole number from 0 to 2147483647"),
        (Whole(1, 4), 5, "found 5, expected a whole number from 1 to 4"),
        (Number(above=0), 0, "found 0, expected a number above 0"),
        (Number(minimum=0, below=1), 1, "found 1, expected a number of at least 0 and below 1"),
        (Number(), float("nan"), "found nan, expected a number; it has to be finite"),
        (Number(), float("inf"), "found inf, expected a number; it has to be finite"),
        (Number(), 10**400, "found a very long number, expected a number"),
        (Number(), False, "found false, expected a number"),
        (Text("a name"), 12, "found 12, expected a name; as text it is '12', in quotes"),
        (Text("a name"), "", "found '', expected a name"),
        (Mark(), True, "found true, expected a word or a number"),
        (Word(("lstm", "gru")), "lstn", "found 'lstn', expected one of lstm, gru; did you mean 'lstm'?"),
        (Word(("a",)), None, "found nothing, expected 'a'"),
        (Or(("auto", None), Whole()), "x", "found 'x', expected a whole number of at least 0, or auto or null"),
        (Quantiles(), [0.9, 0.5], "found [0.9, 0.5], expected a list of ascending numbers between 0 and 1 that contains 0.5"),
        (Quantiles(), [0.1, 0.9], "found [0.1, 0.9], expected a list of ascending numbers between 0 and 1 that contains 0.5"),
        (Quantiles(), 0.5, "found 0.5, expected a list of ascending numbers between 0 and 1 that contains 0.5"),
        (OneOrMany(Whole(1), "numbers"), [], "found [], expected a whole number of at least 1, or a list of numbers"),
        (WHOLE, [], "found [], expected at least one choice in the list"),
        (WHOLE, None, "found nothing, expected a whole number of at least 1, a list of choices, or {min, max, step|log}"),
        (WHOLE, {"min": 4, "max": 4}, "found min 4 and max 4, expected min below max"),
        (WHOLE, {"min": 4}, "found no max, expected {min, max, step|log}"),
        (WHOLE, {"min": 1, "max": 8, "step": 2, "log": True}, "found both step and log, expected one of them"),
        (Search(Word(("a", "b"))), {"min": 1, "max": 2}, "found {min: 1, max: 2}, expected one of a, b, or a list of choices"),
    ],
)  # fmt: skip
def test_bad_values_are_told_with_what_was_expected(kind, value, expected):
    assert flaws(kind, value) == [((), expected)]


@pytest.mark.parametrize(
    ("value", "steps", "text"),
    [
        ([64, "x"], (1,), "found 'x', expected a whole number of at least 1"),
        ([64, 64], (1,), "found 64, expected every value once"),
        ({"min": 0, "max": 3}, ("min",), "found 0, expected a whole number of at least 1"),
        ({"min": 1, "max": 3, "step": 0}, ("step",), "found 0, expected a whole number of at least 1"),
        ({"min": 1, "max": 3, "step": 3}, ("step",), "found step 3, expected at most max - min"),
        ({"min": 1, "max": 3, "log": 1}, ("log",), "found 1, expected true or false"),
        ({"min": 1, "max": 3, "lgo": 1}, ("lgo",), "found unknown key 'lgo', expected min, max, and step or log"),
    ],
)  # fmt: skip
def test_flaws_inside_a_value_are_told_where_they_are(value, steps, text):
    assert flaws(WHOLE, value) == [(steps, text)]
    assert flaws(Or(("auto",), WHOLE), value) == [(steps, text)]


def test_a_logarithmic_range_starts_above_zero():
    text = "found min 0.0 with log, expected min above 0"
    assert flaws(NUMBER, {"min": 0, "max": 0.5, "log": True}) == [(("min",), text)]


def test_every_flaw_of_a_list_is_told():
    assert [steps for steps, _ in flaws(WHOLE, ["x", 1, 0])] == [(0,), (2,)]


@pytest.mark.parametrize(
    ("fragment", "good", "bad"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9}, 9, 10),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, 1, 0),
        ({"type": "boolean"}, False, 0),
        ({"type": "string"}, "x", 1),
        ({"enum": ["dot", "add"]}, "dot", "mul"),
    ],
)
def test_options_of_plugins_are_checked_by_their_fragment(fragment, good, bad):
    kind = from_fragment(fragment)
    assert kind.check(good) == good
    with pytest.raises(UnfitError):
        kind.check(bad)


def test_an_option_of_a_strange_type_is_refused():
    with pytest.raises(RecipeError, match="'object', expected boolean, integer, number or string"):
        from_fragment({"type": "object"})


def test_plain_values_hold_only_what_yaml_holds():
    assert plain(({"a": (1, Range(1, 4, log=True))},)) == [
        {"a": [1, {"min": 1, "max": 4, "log": True}]}
    ]


def test_long_values_are_cut_in_messages():
    assert show("x" * 1000) == "'" + "x" * 58 + "…"
    assert len(show([[1] * 1000] * 1000)) == 60


def test_an_unknown_key_is_found_by_its_last_name():
    assert unknown_key("units", ["network.units"]).endswith("did you mean 'network.units'?")
    assert unknown_key("zzz", ["a", "b"]) == "found unknown key 'zzz', expected one of a, b"
