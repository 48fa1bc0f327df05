"""The live board: plain lines off a terminal, a panel on one, nothing when quiet."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Sequence
from io import StringIO

import pytest
from rich.console import Console

from seqtune.progress import (
    Assumption,
    BaselineEnded,
    EpochEnded,
    Event,
    Finished,
    Note,
    SearchStarted,
    StageStarted,
    TrialEnded,
    TrialStarted,
)
from seqtune.report.board import BoardState, board_panel, sparkline
from seqtune.report.live import LiveBoard

NAN = math.nan
SEARCH = SearchStarted("mase", "min", "theta", 1.2, 48.0, None, 2)
EVENTS: tuple[Event, ...] = (
    StageStarted("read", "[red]x[/red].csv"),
    Assumption("time", "[b]month[/b]", "the only column of dates", "--time"),
    Note("[i]2[/i] steps\nmissing"),
    StageStarted("baselines"),
    BaselineEnded("theta", 1.2, 0.4),
    BaselineEnded("mstl", None, 0.0, "no time left"),
    BaselineEnded("naive", NAN, 0.1),
    SEARCH,
    TrialStarted("1", 0, {"cell": "gru"}),
    EpochEnded("1", 0, 1, 30, 0.9),
    EpochEnded("1", 0, 2, 30, NAN),
    TrialEnded("1", 0, "completed", 0.75, 3.2),
    TrialEnded("2", 1, "failed", None, 1.0, "the loss became [NaN]"),
    TrialEnded("3", 0, "stopped", 0.9, 118.2),
    TrialEnded("4", 1, "completed", NAN, 2.0),
    TrialEnded("5", 1, "stopped", None, 2.0),
    Finished(),
)


class Clock:
    """Seconds that stand still unless told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def console(terminal: bool = False) -> Console:
    return Console(
        width=80, file=StringIO(), force_terminal=terminal, legacy_windows=False, color_system=None
    )


def shown(
    events: Sequence[Event], terminal: bool = False, quiet: bool = False, entered: bool = True
) -> str:
    target = console(terminal)
    board = LiveBoard(target, quiet, Clock())
    if entered:
        with board:
            for event in events:
                board(event)
    else:
        for event in events:
            board(event)
    assert isinstance(target.file, StringIO)
    return target.file.getvalue()


def panel(events: Sequence[Event], later: float = 0.0, plain: bool = False) -> str:
    state = BoardState(since=100.0)
    for event in events:
        state.take(event, 100.0)
    target = console()
    target.print(board_panel(state, 100.0 + later, plain))
    assert isinstance(target.file, StringIO)
    return target.file.getvalue().rstrip("\n")


def test_off_a_terminal_there_is_one_plain_line_per_event_that_matters() -> None:
    text = shown(EVENTS)
    assert "\x1b" not in text
    assert (
        text
        == """\
read: [red]x[/red].csv
time: [b]month[/b] (the only column of dates; --time)
note: [i]2[/i] steps\\nmissing
baselines
baseline theta: 1.20 in 0.4s
baseline mstl not run: no time left
baseline naive: - in 0.1s
search for MASE, lower is better; to beat: theta 1.20; 2 workers; 48s left
trial 1 completed: 0.750 in 3.2s, the best so far
trial 2 failed in 1.0s: the loss became [NaN]
trial 3 stopped: 0.900 in 1m 58s
trial 4 completed: - in 2.0s
trial 5 paused after 2.0s, with folds left
"""
    )


def test_a_trial_that_failed_with_folds_left_did_not_pause() -> None:
    event = TrialEnded("5", 1, "stopped", None, 2.0, "killed")
    assert shown([event]) == "trial 5 failed in 2.0s: killed\n"


def test_a_long_line_is_not_broken_off_a_terminal() -> None:
    assert shown([Note("x" * 200)]) == f"note: {'x' * 200}\n"


def test_quiet_shows_nothing() -> None:
    assert shown(EVENTS, quiet=True) == ""
    assert shown(EVENTS, quiet=True, terminal=True) == ""


def test_it_works_without_being_entered() -> None:
    assert shown(EVENTS, entered=False) == shown(EVENTS)


def test_a_terminal_keeps_guesses_and_gets_the_cursor_back() -> None:
    text = shown(EVENTS, terminal=True)
    assert "time: [b]month[/b] (the only column of dates; --time)" in text
    assert "note: [i]2[/i] steps\\nmissing" in text
    assert "trial 1 completed" not in text  # the board shows it, and is wiped in the end
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert shown(EVENTS, terminal=True) == shown(EVENTS)


def test_a_fault_gives_the_terminal_back() -> None:
    target = console(terminal=True)
    with pytest.raises(KeyboardInterrupt), LiveBoard(target):
        raise KeyboardInterrupt
    assert isinstance(target.file, StringIO)
    assert target.file.getvalue().count("\x1b[?25h") == 1


def test_the_end_of_the_work_gives_the_terminal_back() -> None:
    target = console(terminal=True)
    assert isinstance(target.file, StringIO)
    with LiveBoard(target) as board:
        board(Finished())
        before = target.file.getvalue()
        board(TrialEnded("1", 0, "completed", 0.5, 1.0))
        after = target.file.getvalue()
    assert before.count("\x1b[?25h") == 1
    assert after == before + "trial 1 completed: 0.500 in 1.0s, the best so far\n"


def test_the_board_leaves_stdout_alone() -> None:
    stdout = sys.stdout
    with LiveBoard(console(terminal=True)):
        assert sys.stdout is stdout


def test_no_color_means_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    target = Console(width=80, file=StringIO(), force_terminal=True, legacy_windows=False)
    with LiveBoard(target) as board:
        for event in EVENTS:
            board(event)
    assert isinstance(target.file, StringIO)
    assert "\x1b[36m" not in target.file.getvalue()


def test_the_panel_shows_trials_best_workers_and_time_left() -> None:
    running = (TrialStarted("5", 1), EpochEnded("5", 1, 1, 30, 2.0), EpochEnded("5", 1, 2, 30, 1.0))
    events = (*EVENTS[:-1], *running, TrialStarted("6", 0))
    assert (
        panel(events, later=8.0)
        == """\
╭─ seqtune ────────────────────────────────────────────────────────────────────╮
│ stage     baselines, 8.0s                                                    │
│ trials    2 completed, 1 failed, 2 stopped, 2 running                        │
│ best      MASE 0.750, trial 1; 37.5 % lower than theta 1.20                  │
│ worker 0  trial 6  starting  ▁                                               │
│ worker 1  trial 5  epoch 2/30  1.00  █▁                                      │
╰─────────────────────────────────────────────────────────────────── 40s left ─╯"""
    )


def test_before_the_search_the_panel_shows_the_stage() -> None:
    assert (
        panel((StageStarted("prepare", "[b]air[/b].csv"),), later=3.0, plain=True)
        == """\
+- seqtune --------------------------------------------------------------------+
| stage  prepare [b]air[/b].csv, 3.0s                                          |
+------------------------------------------------------------------------------+"""
    )


def test_a_plain_panel_is_ascii() -> None:
    running = (SEARCH, TrialStarted("5", 1), EpochEnded("5", 1, 1, 30, 2.0))
    assert panel(running, plain=True).isascii()


def test_time_left_does_not_fall_below_nothing() -> None:
    assert " 0.0s left " in panel((SEARCH,), later=60.0)


def test_the_first_score_is_awaited() -> None:
    assert "MASE: none yet; to beat: theta 1.20" in panel((SEARCH,))
    alone = SearchStarted("mase", "min", "", None, 48.0, 7, 1)
    text = panel((alone,))
    assert "MASE: none yet " in text and "0 running (at most 7)" in text


@pytest.mark.parametrize(
    ("direction", "score", "said"),
    [
        ("min", 0.9, "25.0 % lower than theta 1.20"),
        ("min", 1.5, "25.0 % higher than theta 1.20"),
        ("max", 1.5, "25.0 % higher than theta 1.20"),
        ("max", 0.9, "25.0 % lower than theta 1.20"),
    ],
)
def test_the_best_is_measured_against_the_baseline(direction: str, score: float, said: str) -> None:
    search = SearchStarted("mase", direction, "theta", 1.2, 48.0, None, 1)
    assert said in panel((search, TrialEnded("1", 0, "completed", score, 1.0)))


@pytest.mark.parametrize(("direction", "best"), [("min", "0.500"), ("max", "2.00")])
def test_the_best_score_follows_the_direction_and_ignores_failures(
    direction: str, best: str
) -> None:
    search = SearchStarted("m", direction, "", None, 48.0, None, 1)
    ended = (
        TrialEnded("1", 0, "completed", 1.0, 1.0),
        TrialEnded("2", 0, "completed", 2.0, 1.0),
        TrialEnded("3", 0, "completed", 0.5, 1.0),
        TrialEnded("4", 0, "completed", NAN, 1.0),
        TrialEnded("5", 0, "failed", 0.1 if direction == "min" else 9.0, 1.0),
    )
    assert f"m {best}, trial" in panel((search, *ended))


def test_the_best_of_several_baselines_is_to_beat() -> None:
    search = SearchStarted("m", "min", "", None, 48.0, None, 1)
    scored = (
        BaselineEnded("a", 2.0, 1.0),
        BaselineEnded("b", 1.0, 1.0),
        BaselineEnded("c", NAN, 1),
    )
    assert "to beat: b 1.00" in panel((*scored, search))


def test_a_worker_whose_trial_ended_is_idle() -> None:
    events = (TrialStarted("1", 0), TrialStarted("2", 1), TrialEnded("1", 0, "stopped", 1.0, 1.0))
    text = panel((SEARCH, *events))
    assert "1 stopped, 1 running" in text
    assert "worker 1" in text and "worker 0" not in text


def test_many_workers_are_counted_not_listed() -> None:
    events = [TrialStarted(str(number), number) for number in range(20)]
    text = panel((SEARCH, *events))
    assert "20 running" in text and "and 12 more at work" in text
    assert "worker 7" in text and "worker 8" not in text


def test_a_sparkline_has_a_bar_per_score() -> None:
    assert sparkline([0.0, 1.0, 7.0]) == "▁▂█"
    assert sparkline([1.0, NAN, 0.0]) == "█ ▁"
    assert sparkline([2.0, 2.0]) == "▁▁"
    assert sparkline([NAN]) == " "
    assert sparkline([]) == ""
    assert sparkline([-1e308, 1e308]) == "▁▁"


def test_importing_the_board_loads_nothing_heavy() -> None:
    code = (
        "import sys, seqtune.report.live, seqtune.report.fit\n"
        "heavy = {'keras', 'tensorflow', 'jax', 'pandas', 'keras_tuner', 'numpy'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("width", [40, 80])
def test_behind_the_board_there_is_room_for_what_a_terminal_echoes(width: int) -> None:
    target = Console(file=StringIO(), force_terminal=True, width=width, color_system=None)
    board = LiveBoard(target, clock=lambda: 0.0)
    board(SEARCH)
    board(TrialEnded("1", 0, "completed", 0.9, 1.0))
    lines = "".join(segment.text for segment in target.render(board)).splitlines()
    assert max(len(line.rstrip()) for line in lines) == width - len("^C")
    shown = " ".join("".join(lines).replace("│", " ").split())
    assert "25.0 % lower than theta 1.20" in shown
