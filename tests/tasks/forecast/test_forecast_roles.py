"""Which column is taken for what, and when the choice is left to the user."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from seqtune.data.panel.panel import PanelRoles
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Event, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.forecast.roles import infer_roles

DAYS = pd.date_range("2024-01-01", periods=6, freq="D")
PRICES = [1.5, 2.5, 0.5, 3.5, 4.5, 1.25]


def infer(columns: dict[str, Any], *overrides: str) -> tuple[PanelRoles, list[Event]]:
    heard: list[Event] = []
    data = Recipe.load(None, "forecast", list(overrides)).values.data
    return infer_roles(Source.from_frame(pd.DataFrame(columns)), data, heard.append), heard


def refusal(columns: dict[str, Any], *overrides: str) -> DataError:
    with pytest.raises(DataError) as fault:
        infer(columns, *overrides)
    return fault.value


def assumptions(heard: list[Event]) -> dict[str, tuple[str, str]]:
    return {
        event.what: (event.taken, event.flag) for event in heard if isinstance(event, Assumption)
    }


def notes(heard: list[Event]) -> list[str]:
    return [event.text for event in heard if isinstance(event, Note)]


def test_dates_are_the_time_and_the_only_number_the_target() -> None:
    roles, heard = infer({"when": DAYS, "price": PRICES})
    assert roles == PanelRoles(("price",), time="when")
    assert assumptions(heard) == {
        "time": ("when", "--time COLUMN"),
        "target": ("price", "--target COLUMN"),
    }


def test_whole_numbers_count_steps_where_their_name_says_so() -> None:
    assert infer({"step": range(6), "price": PRICES})[0] == PanelRoles(("price",), time="step")
    roles, heard = infer({"guests": range(6), "price": PRICES}, "data.target=price")
    assert roles == PanelRoles(("price",), past=("guests",))
    assert assumptions(heard)["time"] == ("row order", "--time COLUMN")


def test_dates_come_before_counted_steps() -> None:
    roles, _ = infer({"step": range(6), "when": DAYS, "y": PRICES})
    assert (roles.time, roles.past) == ("when", ("step",))


def test_of_several_dates_the_customary_name_is_taken() -> None:
    assert infer({"shipped": DAYS, "date": DAYS, "y": PRICES})[0].time == "date"


@pytest.mark.parametrize("names", [("shipped", "paid"), ("date", "ds")])
def test_two_equally_good_times_are_the_users_choice(names: tuple[str, str]) -> None:
    fault = refusal({names[0]: DAYS, names[1]: DAYS, "y": PRICES})
    assert fault.message == f"2 columns could be the time: {names[0]}, {names[1]}"
    assert fault.hint == f"choose one: --time {names[0]}"


def test_the_customary_target_is_taken_and_the_others_are_covariates() -> None:
    roles, heard = infer({"when": DAYS, "a": PRICES, "Y": PRICES, "b": range(6)})
    assert roles == PanelRoles(("Y",), time="when", past=("a", "b"))
    assert assumptions(heard)["past covariates"] == ("a, b", "--past COLUMN")


def test_two_equally_good_targets_are_the_users_choice() -> None:
    fault = refusal({"when": DAYS, "the width": PRICES, "guests": range(6)})
    assert fault.message == "2 columns could be the target: the width, guests"
    assert fault.hint == "choose one: --target 'the width'"


def test_of_several_measurements_the_one_that_is_named_like_a_target_is_taken() -> None:
    roles, heard = infer({"when": DAYS, "width": PRICES, "Close": PRICES})
    assert roles.targets == ("Close",)
    assert assumptions(heard)["target"] == ("Close", "--target COLUMN")


def test_counters_ids_places_and_flags_are_neither_target_nor_covariates() -> None:
    days = [f"2024-01-{n:02d}" for n in range(1, 21)]
    cells = [n * 7 % 11 + 0.5 for n in range(20)]
    others = {
        "Unnamed: 0": range(20), "doc_id": [n * n + 4900000017 for n in range(20)],
        "lat": [48.1 + n % 3 for n in range(20)], "month": [1 + n % 2 for n in range(20)],
        "same": [3] * 20,
    }  # fmt: skip
    roles, heard = infer({"when": days, **others, "open": [n % 2 for n in range(20)], "w": cells})
    assert roles == PanelRoles(("w",), time="when", past=("open",))
    (note,) = [each.text for each in heard if isinstance(each, Note)]
    for name in others:
        assert name in note


def test_without_a_number_there_is_nothing_to_forecast() -> None:
    fault = refusal({"when": DAYS, "colour": list("rgbrgb")})
    assert (
        "no numeric column to take as the target; found when (time), colour (text)" in fault.message
    )
    assert "--target" in fault.hint


def test_repeated_times_make_the_column_that_tells_them_apart_the_series() -> None:
    columns = {"shop": list("aaabbb"), "when": [*DAYS[:3]] * 2, "y": PRICES}
    roles, heard = infer(columns)
    assert roles.series == "shop"
    assert assumptions(heard)["series"] == ("shop", "--series COLUMN")


def test_a_label_that_does_not_tell_times_apart_is_no_series() -> None:
    columns = {
        "shop": list("aaabbb"),
        "kind": list("xxyxxy"),  # both shops have the first and second day as x
        "when": [*DAYS[:3]] * 2,
        "y": PRICES,
    }
    roles, heard = infer(columns)
    assert (roles.series, roles.past) == ("shop", ("kind",))
    assert not notes(heard)


def test_two_equally_good_series_are_the_users_choice() -> None:
    cities = {"city": list("aaabbbaaabbb"), "owner": list("uuuvvvvvvuuu")}  # they change owners
    when = [*DAYS[:3], *DAYS[:3], *DAYS[3:], *DAYS[3:]]
    fault = refusal({**cities, "when": when, "y": PRICES * 2})
    assert fault.message == "2 columns could be the series: city, owner"
    assert fault.hint == "choose one: --series city"


def test_of_two_names_of_the_same_series_the_first_is_taken_and_the_other_is_static() -> None:
    labels = {"country": ["Peru"] * 3 + ["Chad"] * 3, "code": ["PER"] * 3 + ["TCD"] * 3}
    roles, heard = infer({**labels, "when": [*DAYS[:3]] * 2, "y": PRICES})
    assert (roles.series, roles.static, roles.past) == ("country", ("code",), ())
    why = "each time occurs once in each of its values, as in those of code, which name the same"
    assert Assumption("series", "country", f"{why}; 2 series", "--series COLUMN") in heard
    assert assumptions(heard)["static covariates"] == ("code", "--past COLUMN")


def test_a_column_that_is_constant_in_each_series_is_static() -> None:
    labels = {"shop": list("aaabbb"), "region": list("xxxyyy"), "size": [1.5, 1.5, None, 7, 7, 7]}
    others = {"price": [1.5, 1.5, 2, 7, 7, 7], "when": [*DAYS[:3]] * 2, "y": PRICES}
    roles, heard = infer({**labels, **others}, "data.series=shop")
    assert (roles.static, roles.past) == (("region", "size"), ("price",))
    why = "constant in each shop"
    assert Assumption("static covariates", "region, size", why, "--past COLUMN") in heard
    roles, _ = infer({**labels, **others}, "data.series=shop", "data.past=[size]")
    assert (roles.static, roles.past) == ((), ("size",))


def test_of_several_series_the_customary_name_is_taken() -> None:
    labels = {"city": list("aaabbb"), "unique_id": list("uuuvvv")}
    roles, _ = infer({**labels, "when": [*DAYS[:3]] * 2, "y": PRICES})
    assert (roles.series, roles.static) == ("unique_id", ("city",))


def test_a_series_may_be_numbered() -> None:
    columns = {"store": [1, 1, 1, 7, 7, 7], "when": [*DAYS[:3]] * 2, "y": PRICES}
    roles, _ = infer(columns)
    assert (roles.series, roles.past) == ("store", ())


def test_without_times_only_a_customary_name_makes_a_series() -> None:
    assert infer({"item": list("aaabbb"), "y": PRICES})[0].series == "item"
    roles, heard = infer({"mood": list("aaabbb"), "y": PRICES})
    assert (roles.series, roles.past) == (None, ("mood",))
    assert not notes(heard)


def test_few_words_are_past_covariates_and_many_are_not() -> None:
    columns = {
        "when": pd.date_range("2024-01-01", periods=9),
        "y": [*PRICES, 1.0, 2.0, 3.0],
        "mode": list("aabbccabc"),
        "note": list("abcdefghi"),
        "same": ["x"] * 9,
        "on": ["yes", "no", "no"] * 3,
    }
    roles, heard = infer(columns)
    assert roles.past == ("mode", "on")
    why = "numeric columns and columns of few words left over"
    assert Assumption("past covariates", "mode, on", why, "--past COLUMN") in heard
    reason = "neither numeric nor of few words that repeat"
    assert notes(heard) == [f"not used, because {reason}: note, same"]


@pytest.mark.parametrize("role", ["past", "future"])
def test_words_that_are_named_are_taken_where_they_repeat(role: str) -> None:
    labels = [f"w{number}" for number in range(30)] * 3
    columns = {"y": range(90), "mode": labels, "note": [*map(str, range(45)), *"ab" * 22, "c"]}
    roles, _ = infer(columns, "data.target=y", f"data.{role}=[mode]")
    assert getattr(roles, role) == ("mode",)
    columns["note"] = [f"n{number}" for number in range(90)]
    fault = refusal(columns, "data.target=y", f"data.{role}=[note]")
    assert "'note'" in fault.message and "n0" in fault.message


def test_the_hour_that_a_clock_repeats_is_not_a_second_series() -> None:
    hours = pd.date_range("2024-10-27 00:00", periods=23, freq="h")
    doubled = [*hours[:3], hours[2], *hours[3:]]
    columns = {"when": doubled, "clock": ["summer"] * 3 + ["winter"] * 21, "y": range(24)}
    assert infer(columns)[0].series is None
    labelled = {**columns, "id": columns.pop("clock")}
    assert infer(labelled)[0].series == "id"  # its name says what the times do not


def test_named_columns_are_not_guessed_again() -> None:
    columns = {"when": DAYS, "paid": DAYS, "a": PRICES, "b": PRICES, "c": PRICES, "d": range(6)}
    roles, heard = infer(
        columns,
        "data.time=paid",
        "data.target=[a, b]",
        "data.future=[c]",
        "data.static=[d]",
    )
    assert roles == PanelRoles(("a", "b"), time="paid", future=("c",), static=("d",))
    assert assumptions(heard) == {}


def test_null_and_an_empty_list_are_answers_too() -> None:
    columns = {"when": DAYS, "id": list("aaabbb"), "y": PRICES, "x": range(6)}
    roles, heard = infer(columns, "data.time=null", "data.series=null", "data.past=[]")
    assert roles == PanelRoles(("y",))
    assert set(assumptions(heard)) == {"target"}


@pytest.mark.parametrize("role", ["time", "target", "series", "past", "future", "static"])
def test_a_named_column_that_is_not_there_is_told_with_the_nearest(role: str) -> None:
    value = "prise" if role in ("time", "target", "series") else "[prise]"
    fault = refusal({"when": DAYS, "price": PRICES}, f"data.{role}={value}")
    assert "'prise'" in fault.message
    assert "price" in fault.message + fault.hint


def test_a_column_has_one_role() -> None:
    fault = refusal(
        {"when": DAYS, "y": PRICES, "x": PRICES},
        "data.target=y",
        "data.past=[x]",
        "data.future=[x]",
    )
    assert fault.message == "column 'x' has two roles"


def test_text_cannot_be_forecast() -> None:
    fault = refusal({"when": DAYS, "y": PRICES, "colour": list("rgbrgb")}, "data.target=colour")
    assert "'colour'" in fault.message
    assert "'r'" in fault.message


def test_an_empty_column_cannot_be_forecast() -> None:
    fault = refusal({"when": DAYS, "y": [None] * 6}, "data.target=y")
    assert "column 'y' has no values at all" in fault.message
