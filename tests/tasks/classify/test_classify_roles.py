"""Which column is the label, the text or the series, and when the choice is left to the user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError
from seqtune.progress import Assumption, Event, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.classify.infer_roles import infer_roles
from seqtune.tasks.classify.roles import Roles

FILMS = [f"a film about the number {number}" for number in range(12)]
SIDES = ["pos", "neg"] * 6
NUMBERS = [0.25 * number for number in range(12)]
CASES = [f"c{number // 3}" for number in range(12)]
KINDS = [kind for kind in "abab" for _ in range(3)]


def infer(columns: dict[str, Any], *overrides: str) -> tuple[Roles, list[Event]]:
    return infer_from(Source.from_frame(pd.DataFrame(columns)), *overrides)


def infer_from(source: Source, *overrides: str) -> tuple[Roles, list[Event]]:
    heard: list[Event] = []
    data = Recipe.load(None, "classify", list(overrides)).values.data
    return infer_roles(source, data, heard.append), heard


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


# texts


def test_the_long_column_is_the_text_and_the_one_with_few_values_the_label() -> None:
    roles, heard = infer({"said": FILMS, "mood": SIDES})
    assert roles == Roles("text", "mood", "said")
    assert assumptions(heard) == {
        "label": ("mood", "--label COLUMN"),
        "text": ("said", "--text COLUMN"),
    }


def test_columns_are_named_in_any_case() -> None:
    roles, _ = infer({"Text": FILMS, "LABEL": SIDES, "number": NUMBERS})
    assert roles == Roles("text", "LABEL", "Text")


def test_the_customary_names_come_before_what_the_columns_hold() -> None:
    roles, heard = infer({"origin": SIDES, "notes": FILMS, "review": FILMS, "label": SIDES})
    assert roles == Roles("text", "label", "review")
    assert notes(heard) == ["not used: notes"]


def test_short_texts_are_found_by_their_name() -> None:
    assert infer({"text": ["hi", "no", "ok"] * 4, "label": SIDES})[0].text == "text"


def test_a_text_column_of_words_for_missing_is_text() -> None:
    for word in ("null", "NA", "nan"):
        roles, _ = infer({"text": [word] * 12, "label": SIDES})
        assert roles == Roles("text", "label", "text")


def test_labels_that_are_numbers_or_truth_values() -> None:
    for labels in ([1, 2] * 6, [True, False] * 6, [1.0, 2.0] * 6):
        assert infer({"said": FILMS, "mood": labels})[0].label == "mood"


def test_a_column_of_fractions_is_no_label() -> None:
    fault = refusal({"said": FILMS, "weight": [0.5, 1.5] * 6})
    assert "no column looks like labels; found said (text), weight (number)" in fault.message
    assert fault.hint == "name it: --label COLUMN"


def test_two_equally_good_labels_are_the_users_choice() -> None:
    fault = refusal({"said": FILMS, "the mood": SIDES, "side": SIDES})
    assert fault.message == "2 columns could be the label: the mood, side"
    assert fault.hint == "choose one: --label 'the mood'"


def test_two_customary_labels_are_the_users_choice() -> None:
    fault = refusal({"said": FILMS, "label": SIDES, "class": SIDES, "side": SIDES})
    assert fault.message == "2 columns could be the label: label, class"


def test_two_equally_good_texts_are_the_users_choice() -> None:
    fault = refusal({"question": FILMS, "title": FILMS, "label": SIDES})
    assert fault.message == "2 columns could be the text: question, title"
    assert fault.hint == "choose one: --text question"


def test_what_the_user_says_comes_first() -> None:
    columns = {"text": FILMS, "other": FILMS, "label": SIDES, "mood": SIDES, "who": SIDES}
    asked = ("data.text=other", "data.label=mood", "data.group=who")
    roles, heard = infer(columns, *asked)
    assert roles == Roles("text", "mood", "other", group="who")
    assert assumptions(heard) == {}
    assert roles.to_dict() == {"text": ["other"], "label": ["mood"], "group": ["who"]}
    assert roles.inputs == ("other",)


def test_a_column_that_is_missing_is_named_with_its_flag() -> None:
    fault = refusal({"text": FILMS, "label": SIDES}, "data.label=labl")
    assert "no column 'labl'; did you mean 'label'?" in fault.message
    assert fault.hint == "--label label"


@pytest.mark.parametrize(
    "asked",
    [
        ("data.label=text", "data.text=text"),
        ("data.label=label", "data.group=label"),
        ("data.label=label", "data.channels=[x, label]"),
        ("data.time=x", "data.channels=[x]"),
    ],
)
def test_a_column_has_one_role(asked: tuple[str, ...]) -> None:
    fault = refusal({"text": FILMS, "label": SIDES, "x": NUMBERS}, *asked)
    assert "has two roles" in fault.message
    assert "--label" in fault.hint


def test_neither_texts_nor_numbers() -> None:
    fault = refusal({"colour": ["red", "blue"] * 6, "label": SIDES}, "data.label=label")
    assert "neither texts nor series to classify; found colour (text)" in fault.message


# series with a row per case


def wide(**more: Any) -> dict[str, Any]:
    return {**{f"t{step}": NUMBERS for step in range(5)}, **more}


def test_a_row_per_case() -> None:
    roles, heard = infer(wide(kind=KINDS))
    steps = ("t0", "t1", "t2", "t3", "t4")
    assert roles == Roles("series", "kind", channels=steps)
    assert assumptions(heard)["steps"] == ("5: t0 … t4", "--past COLUMN")
    assert roles.to_dict() == {"label": ["kind"], "channels": list(steps)}


def test_a_column_that_is_no_number_is_ignored_and_said() -> None:
    roles, heard = infer(wide(label=KINDS, place=SIDES))
    assert "place" not in roles.channels
    assert notes(heard) == ["not used, because not numeric: place"]


def test_what_numbers_the_cases_is_no_step() -> None:
    roles, heard = infer({"id": range(12), **wide(label=KINDS)})
    assert roles.channels == ("t0", "t1", "t2", "t3", "t4")
    assert notes(heard) == ["not used, because it numbers the cases: id"]
    asked, _ = infer({"id": range(12), **wide(label=KINDS)}, "data.channels=[id, t0]")
    assert asked.channels == ("id", "t0")


@pytest.mark.parametrize("first", [0, 1, 500])
def test_an_index_that_was_written_to_the_file_is_no_step(first: int) -> None:
    roles, heard = infer({"column_1": range(first, first + 12), **wide(label=KINDS)})
    assert roles.channels == ("t0", "t1", "t2", "t3", "t4")
    assert notes(heard) == ["not used, because it numbers the cases: column_1"]


def test_whole_numbers_that_count_nothing_are_steps() -> None:
    roles, _ = infer(wide(label=KINDS, t5=[*range(11), 3], t6=range(0, 24, 2)))
    assert roles.channels[5:] == ("t5", "t6")


def test_named_columns_are_the_steps_in_their_order() -> None:
    roles, heard = infer(wide(label=KINDS), "data.channels=[t2, t0]")
    assert roles.channels == ("t2", "t0")
    assert "steps" not in assumptions(heard)


def test_a_channel_that_was_asked_for_is_neither_label_nor_steps() -> None:
    columns = {"case": CASES, "t": NUMBERS, "label": KINDS, "few": [1, 2] * 6}
    roles, _ = infer(columns, "data.channels=[t, few]")
    assert roles == Roles("series", "label", "", "case", None, ("t", "few"))


def test_only_labels_leave_nothing_for_the_series() -> None:
    fault = refusal({"label": [1, 2] * 6}, "data.kind=series")
    assert "no numeric column is left for the series" in fault.message
    assert "--past" in fault.hint


def test_very_many_candidates_are_not_all_listed() -> None:
    fault = refusal({f"t{step}": [1, 2] * 6 for step in range(300)})
    assert fault.message.startswith("300 columns could be the label: t0, t1,")
    assert fault.message.endswith(", …")


def test_a_file_of_numbers_without_a_header(tmp_path: Path) -> None:
    """As the UCR archive has them: the class, then the steps."""
    path = tmp_path / "Waves_TRAIN.tsv"
    lines = [
        "\t".join([str(1 + row % 2), *(f"{row / 7 + step:.4f}" for step in range(4))])
        for row in range(12)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    source = read_source(path)
    roles, _ = infer_from(source)
    assert source.rows == 12
    assert roles == Roles("series", source.names[0], channels=source.names[1:])


# series with a row per step


def test_a_row_per_step() -> None:
    columns = {"case": CASES, "step": [0, 1, 2] * 4, "x": NUMBERS, "y": NUMBERS, "kind": KINDS}
    roles, heard = infer(columns)
    assert roles == Roles("series", "kind", "", "case", "step", ("x", "y"))
    assert assumptions(heard)["case"] == ("case", "--series COLUMN")
    assert assumptions(heard)["time"] == ("step", "--time COLUMN")
    assert assumptions(heard)["channels"] == ("2: x, y", "--past COLUMN")
    assert roles.inputs == ("case", "step", "x", "y")


def test_without_a_step_column_the_rows_are_in_order() -> None:
    roles, heard = infer({"case": CASES, "x": NUMBERS, "label": KINDS})
    assert (roles.series, roles.time) == ("case", None)
    assert assumptions(heard)["time"] == ("row order", "--time COLUMN")


def test_a_column_that_changes_within_a_case_is_no_label() -> None:
    roles, heard = infer({"case": CASES, "x": NUMBERS, "phase": ["in", "out"] * 6, "kind": KINDS})
    assert roles.label == "kind"
    assert notes(heard) == ["not used, because not numeric: phase"]


def test_a_label_may_stand_in_the_first_row_of_each_case_alone() -> None:
    kinds = [kind if row % 3 == 0 else None for row, kind in enumerate(KINDS)]
    roles, _ = infer({"case": CASES, "x": NUMBERS, "phase": ["in", "out"] * 6, "kind": kinds})
    assert roles.label == "kind"


def test_two_case_columns_are_the_users_choice() -> None:
    others = ["s0", "s1", "s2"] * 4
    fault = refusal({"case": CASES, "session": others, "x": NUMBERS, "label": KINDS})
    assert fault.message == "2 columns could be the series: case, session"
    assert fault.hint == "choose one: --series case"


def test_of_two_names_of_the_same_cases_the_first_is_taken_and_the_other_is_no_channel() -> None:
    numbers = [7 * int(case[1:]) for case in CASES]
    roles, heard = infer({"case": CASES, "session": numbers, "x": NUMBERS, "label": KINDS})
    assert (roles.series, roles.channels) == ("case", ("x",))
    (why,) = [each.why for each in heard if isinstance(each, Assumption) and each.what == "case"]
    assert why.endswith(", as in session, which name the same")


def test_rows_can_be_cases_although_a_column_repeats() -> None:
    roles, _ = infer({"case": CASES, **wide(label=KINDS)}, "data.series=null")
    assert roles.series is None
    assert roles.channels == ("t0", "t1", "t2", "t3", "t4")
