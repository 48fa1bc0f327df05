"""What `seqtune fit` asks in a terminal, and what it makes of the answers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from command_line import DATA, Done, left_alone, parse, seqtune

HOSTILE = "a\x1b]0;owned\x07'b"

Ask = Callable[..., Done]


@pytest.fixture
def began() -> Iterator[list[tuple[str, str, list[str]]]]:
    """Every search that was begun: its data, its task, its flags; none is run."""
    found: list[tuple[str, str, list[str]]] = []

    def begin(data: str, task: str, options: Any, **others: Any) -> None:
        found.append((data, task, options.words()))
        raise SystemExit(0)

    with mock.patch("seqtune.workflow.fit.fit_with", begin):
        yield found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copy(DATA / "airline.csv", tmp_path / "airline.csv")
    return tmp_path


def ask(*answers: str, words: tuple[str, ...] = (), code: int = 0) -> Done:
    """Run `fit` in what is taken for a terminal; every answer must have been wanted."""
    left = list(answers)

    def reply(prompt: str) -> str:

        sys.stderr.write(f"{prompt}\n")
        if not left:
            raise EOFError
        return left.pop(0)

    with (
        mock.patch("seqtune.cli.questions.is_terminal", lambda: True),
        mock.patch("builtins.input", reply),
    ):
        done = seqtune("fit", *words, code=code)
    assert left == [], done.err
    return done


def command_in(done: Done) -> str:
    return next(line for line in done.err.splitlines() if line.startswith("seqtune fit"))


def test_enter_alone_takes_what_suits_first(here: Path, began: Any) -> None:
    done = ask("", "", "", "")
    flags = ["--target", "passengers", "--budget", "5m"]
    assert began == [("airline.csv", "forecast", flags)]
    line = command_in(done)
    assert line == "seqtune fit airline.csv --task forecast --target passengers --budget 5m"
    assert parse(line)[1:] == ["airline.csv", "--task", "forecast", *flags]
    for prompt in ("file? [airline.csv] ", "task? [forecast] ", "target? [passengers] ", "[5m] "):
        assert prompt in done.err
    assert done.out == ""


def test_what_suits_stands_first_and_what_does_not_says_why(here: Path, began: Any) -> None:
    shutil.copy(DATA / "shops.csv", here / "shops.csv")
    err = ask("shops.csv", "3", "4", "30s").err
    assert err.index("1 anomaly") < err.index("2 classify") < err.index("3 forecast")
    assert "not as it is: 2 columns could be the target: sales, price" in err
    assert began == [("shops.csv", "forecast", ["--target", "sales", "--budget", "30s"])]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("airlin.csv", "1", "", "", ""), "hint: did you mean airline.csv?"),
        (("9", "", "", "", ""), "error: 9 does not exist"),
        (("-", "", "", "", ""), "error: the terminal gives the answers"),
        (("1", "forcast", "1", "", ""), "did you mean 'forecast'?"),
        (("1", "0", "1", "", ""), "unknown task '0'"),
        (("1", "1", "passenger", "2", ""), "hint: did you mean passengers?"),
        (("1", "1", "1", "2", ""), "'1949-01' is not a number"),
        (("1", "1", "2", "soon", "-1", "5m"), "expected a duration above zero"),
    ],
)
def test_an_answer_that_does_not_do_is_asked_for_again(
    answers: tuple[str, ...], said: str, here: Path, began: Any
) -> None:
    assert said in ask(*answers).err
    assert began == [("airline.csv", "forecast", ["--target", "passengers", "--budget", "5m"])]


def test_several_targets_are_named_or_numbered(here: Path, began: Any) -> None:
    shutil.copy(DATA / "gestures.csv", here / "gestures.csv")
    ask("gestures.csv", "anomaly", "x, 4", "10s")
    assert began[0][2] == ["--target", "x", "--target", "y", "--budget", "10s"]


def test_a_guess_of_several_columns_is_left_to_the_search(here: Path, began: Any) -> None:
    shutil.copy(DATA / "shops.csv", here / "shops.csv")
    assert "[sales, price, promotion]" in ask("shops.csv", "", "", "10s").err
    assert began == [("shops.csv", "anomaly", ["--budget", "10s"])]


def test_no_answer_where_nothing_is_guessed_leads_back_to_the_tasks(here: Path, began: Any) -> None:
    shutil.copy(DATA / "shops.csv", here / "shops.csv")
    done = ask("shops.csv", "forecast", "", "anomaly", "", "10s")
    assert done.err.count("Which task?") == 2
    assert began[0][1] == "anomaly"


def test_texts_have_no_target_to_ask_for(here: Path, began: Any) -> None:
    (here / "tales.txt").write_text("Once upon a time.\n\n" * 300)
    assert "Which text?" not in ask("tales.txt", "generate", "10s").err
    assert began == [("tales.txt", "generate", ["--budget", "10s"])]


def test_what_was_typed_is_not_asked_for(here: Path, began: Any) -> None:
    words = ("--task", "forecasting", "--target", "passengers", "--budget", "9s", "--quiet")
    done = ask("1", words=words)
    flags = ["--target", "passengers", "--budget", "9s"]
    assert began == [("airline.csv", "forecast", flags)]
    assert command_in(done).endswith("--budget 9s --quiet")


def test_a_budget_that_was_typed_as_a_key_is_not_asked_for(here: Path, began: Any) -> None:
    words = ("--task", "forecast", "--set", "search.budget=9s", "--set", "data.target=passengers")
    ask("1", words=words)
    ((_, _, flags),) = began
    assert flags == ["--set", "search.budget=9s", "--set", "data.target=passengers"]


def test_the_budget_counts_from_the_last_answer(here: Path) -> None:
    clock = iter(range(100, 10000))
    with (
        mock.patch("seqtune.workflow.fit.fit_with", side_effect=SystemExit(0)) as fit,
        mock.patch("seqtune.cli.fit.time.monotonic", lambda: float(next(clock))),
    ):
        ask("", "", "", "")
        assert fit.call_args.kwargs["started"] >= 100.0


def test_files_here_come_before_those_of_folders_and_run_folders_are_none(
    here: Path, began: Any
) -> None:
    for name in ("more/b.csv", "run/kept.csv", ".hidden/c.csv", "more/deep/d.csv", "notes.pdf"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text("y\n1\n")
    (here / "run" / "run.json").write_text("{}")
    err = ask("1", "1", "", "").err
    assert err.index("1 airline.csv") < err.index("2 more/b.csv")
    for name in ("kept.csv", "c.csv", "d.csv", "notes.pdf", "3 "):
        assert name not in err[: err.index("Which file?")]


def test_more_files_than_fit_are_counted(here: Path, began: Any) -> None:
    for number in range(12):
        (here / f"z{number}.csv").write_text("y\n1\n")
    assert "… 4 more" in ask("", "", "", "").err


def test_without_files_one_is_named(tmp_path: Path, began: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    err = ask("", str(DATA / "airline.csv"), "", "", "").err
    assert "error: no file was named" in err
    assert began[0][0] == str(DATA / "airline.csv")


def test_a_file_named_like_a_flag_is_a_file(here: Path, began: Any) -> None:
    (here / "airline.csv").rename(here / "-a.csv")
    line = command_in(ask("1", "1", "", ""))
    assert parse(line)[1] == "./-a.csv" == began[0][0]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_command_can_be_copied_whatever_names_hold(here: Path, began: Any) -> None:
    rows = (here / "airline.csv").read_text().replace("passengers", HOSTILE)
    (here / f"{HOSTILE}.csv").write_text(rows)
    (here / "airline.csv").unlink()
    done = ask("1", "1", "2", "10s")
    assert "\x1b]" not in done.err and "\x07" not in done.err
    script = f'seqtune() {{ printf "%s\\0" "$@"; }}; {command_in(done)}'
    read = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    words = ["fit", f"{HOSTILE}.csv", "--task", "forecast", "--target", HOSTILE]
    assert read.stdout.split("\0")[:-1] == [*words, "--budget", "10s"]


@pytest.mark.parametrize("answers", [(), ("1",), ("1", "1"), ("1", "1", "2")])
def test_no_more_answers_leave_with_130_and_nothing_written(
    answers: tuple[str, ...], here: Path, began: Any
) -> None:
    with left_alone(here):
        done = ask(*answers, code=130)
    assert done.err.endswith("\ninterrupted\n") and began == []


def test_without_a_task_the_commands_that_would_do_keep_what_was_typed(here: Path) -> None:
    err = seqtune("fit", "airline.csv", "--set", "horizon=3", "--out", "a b", code=2).err
    assert "seqtune fit airline.csv --task forecast --set horizon=3 --out 'a b'" in err


def test_without_a_terminal_nothing_is_asked(here: Path) -> None:
    with mock.patch("builtins.input", side_effect=AssertionError):
        done = seqtune("fit", code=2)
    assert done.err.startswith("error: missing argument 'DATA'\nhint: seqtune fit data/airline.csv")


@pytest.mark.parametrize(("words", "fault"), [
    (("--task", "forecast", "--target", "nosuch"), "has no column 'nosuch'"),
    (("--task", "translate", "--source", "month", "--target", "month"), "hint"),
])  # fmt: skip
def test_what_was_typed_and_no_answer_mends_is_an_error(
    here: Path, began: Any, words: tuple[str, ...], fault: str
) -> None:
    assert fault in ask("1", words=words, code=1).err
    assert began == []
