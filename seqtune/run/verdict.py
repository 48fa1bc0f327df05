"""Whether the network beat the simple methods, in words computed from the figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

from seqtune.drawing.wording import better, command, figure, literal, metric_name, percent
from seqtune.run.leaderboard import ERRORS, Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.tasks._info import metric_of

TIE = 0.01 + 1e-9  # at most 1 % of the baseline's figure, rounding of floats allowed for

HALF = 0.5


def verdict(
    board: Leaderboard,
    run: str,
    left_out: Collection[str] = (),
    data: str = "",
    verb: str = "predict",
) -> tuple[str, ...]:
    """Return what to make of a leaderboard, a sentence or two each.

    The best network or ensemble is compared with the best simple method, both chosen on
    validation; the figures compared are the test figures.

    Args:
        board: The leaderboard.
        run: The run folder, for the command that takes the simple method instead.
        left_out: Simple methods that were not run: nothing is claimed against them.
        data: What stands for the data in that command; empty where it can do without.
        verb: The command that uses a model: "predict" or "generate"; empty where no other row can
            be used.
    """
    searched, baseline = board.best_searched, board.best_baseline
    if searched and baseline:
        said = _Comparison(board, searched, baseline, bool(left_out)).sentences(
            lambda: _use(board, run, baseline, data, verb)
        )
        return (*said, *_unknown(left_out))
    if baseline:
        no_network = "No network was trained; only simple methods were scored."
        if board.leading is None or not verb:
            return (no_network,)
        leading = literal(board.leading.name)
        return (no_network, f"{verb} uses {leading}, in which they have the same say.")
    if searched:
        return ("No simple method was scored, so there is nothing to measure the network against.",)
    return ("Nothing was scored.",)


def are_told_apart(board: Leaderboard) -> bool:
    """Say whether more than chance lies between the search and the best simple method on test.

    Args:
        board: The leaderboard.
    """
    searched, baseline = board.best_searched, board.best_baseline
    if searched is None or baseline is None:
        return False
    pair = _Pair.of(board, searched, baseline, "test")
    return pair.known and not pair.is_within_error


def _unknown(left_out: Collection[str]) -> tuple[str, ...]:
    """Say which simple methods were not run, and how to run them."""
    if not left_out:
        return ()
    names = ", ".join(literal(name) for name in left_out)
    return (
        f"{names} {'was' if len(left_out) == 1 else 'were'} not run, so nothing is claimed against "
        f"{'it' if len(left_out) == 1 else 'them'}. A longer --budget, or --set "
        "baselines.share=0.5, gives simple methods more time.",
    )


@dataclass(frozen=True)
class _Comparison:
    """The best of the search against the best simple method."""

    board: Leaderboard
    searched: Row
    baseline: Row
    some_left_out: bool

    def sentences(self, use: Callable[[], str]) -> tuple[str, ...]:
        on_test = _Pair.of(self.board, self.searched, self.baseline, "test")
        on_validation = _Pair.of(self.board, self.searched, self.baseline, "validation")
        pair = on_test if on_test.known else on_validation
        if not pair.known:
            return (f"{self._subject()} has no figure to compare with {self._method()}.",)
        said = [self._outcome(pair)]
        if not on_test.known:
            said.append(
                "There are no test figures, and validation figures flatter: they made the choice."
            )
        elif on_validation.known and on_test.outcome * on_validation.outcome < 0:
            said.append(
                f"Validation and test disagree (validation: {on_validation.figures}): which of "
                "the two is better depends on the part of the data."
            )
        if on_test.known and on_test.outcome >= 0:
            said.extend(self._better_on_test())
        is_other = self.board.leading or self.board.winner is self.baseline
        if pair.outcome <= 0 or is_other:
            said.extend(filter(None, [use()]))
        return tuple(said)

    def _outcome(self, pair: _Pair) -> str:
        against = f"{pair.part} {metric_name(self.board.metric)} {pair.figures}"
        if pair.outcome == 0:
            subject = self._subject()
            if not pair.is_within_error:
                return f"{subject} and {self._method()}, tie within 1 %: {against}."
            return (
                f"{subject} and {self._method()}, are not told apart: {against}, closer than two "
                f"standard errors ({figure(pair.error)} each)."
            )
        if pair.outcome > 0:
            return f"{self._subject()} beats {self._method()}: {against}, {pair.distance}."
        return f"{self._subject()} does not beat {self._method()}: {against}, {pair.distance}."

    def _subject(self) -> str:
        name = literal(self.searched.name)
        return f"The {self.searched.kind}" + ("" if name == self.searched.kind else f" {name}")

    def _method(self) -> str:
        ran = " that was run" if self.some_left_out else ""
        return f"the best simple method{ran}, {literal(self.baseline.name)}"

    def _better_on_test(self) -> list[str]:
        """Name the simple method that the test part alone would have put first, if there is one."""
        pairs = [
            _Pair.of(self.board, self.searched, row, "test")
            for row in self.board.ranked()
            if row.kind == "baseline" and row is not self.baseline
        ]
        ahead = [pair for pair in pairs if pair.known and pair.outcome < 0]
        if not ahead:
            return []
        best = min(ahead, key=lambda pair: pair.advantage)
        return [
            f"On the test part {literal(best.name)} is better than both "
            f"({figure(best.reference)}); validation did not show it."
        ]


@dataclass(frozen=True)
class _Pair:
    """Two figures of one part of the data: the search's, and a simple method's."""

    part: str
    name: str
    score: float
    reference: float
    direction: str
    unit: str
    error: float = 0.0

    @classmethod
    def of(cls, board: Leaderboard, searched: Row, baseline: Row, part: str) -> _Pair:
        of_row = board.test_score if part == "test" else board.validation_score
        return cls(
            part,
            baseline.name,
            of_row(searched),
            of_row(baseline),
            board.direction,
            metric_of(board.metric).unit,
            board.standard_error if part == "test" else 0.0,
        )

    @property
    def known(self) -> bool:
        return math.isfinite(self.score) and math.isfinite(self.reference)

    @property
    def advantage(self) -> float:
        """How much better the search is, in the metric's own unit."""
        difference = self.score - self.reference
        return difference if self.direction == "max" else -difference

    @property
    def outcome(self) -> int:
        """1 where the search is better, -1 where the simple method is, 0 for a tie."""
        if self.is_within_error or abs(self.advantage) <= TIE * abs(self.reference):
            return 0
        return 1 if self.advantage > 0 else -1

    @property
    def is_within_error(self) -> bool:
        """Whether chance alone explains the difference, where its size is known.

        The error is that of one of the figures. That of their difference is at most 1.4 times as
        large; it is smaller where both err on the same cases.
        """
        return abs(self.advantage) < ERRORS * self.error

    @property
    def figures(self) -> str:
        return f"{figure(self.score)} against {figure(self.reference)}"

    @property
    def distance(self) -> str:
        """By how much, and which way: "0.300 points (25.0 %) lower"."""
        ways = {"lower": "higher", "higher": "lower"}
        way = better(self.direction)
        points = f"{figure(abs(self.advantage))} {self.unit}"
        if self.reference:
            points += f" ({percent(abs(self.advantage / self.reference))})"
        return f"{points} {way if self.advantage > 0 else ways[way]}"


def _carried(board: Leaderboard) -> str:
    """Say which member of the row that predicts does its work; nothing where that is not known."""
    ranked = sorted(board.carried.items(), key=lambda each: -each[1])
    rows = [(board.row(name), share) for name, share in ranked]
    if len(rows) < 2:
        return ""
    (first, most), *others = [(row, share) for row, share in rows if row is not None]
    who = "a simple method does" if first.kind == "baseline" else "networks do"
    rest = ", ".join(f"{literal(row.name)} {share:.0%}" for row, share in others)
    much = "most of the work" if most > HALF else "more of the work than any other member"
    return (
        f"Of what it says most strongly on the test part {most:.0%} comes from "
        f"{literal(first.name)} ({rest}): {who} {much} here. "
    )


def _use(board: Leaderboard, run: str, baseline: Row, data: str, verb: str) -> str:
    """Return the command that uses the other one of both; nothing where there is none."""
    if not verb:
        return ""
    is_winner, leading = board.winner is baseline, board.leading
    name = "network" if is_winner or leading else baseline.name
    line = literal(command("seqtune", verb, run, *([data] if data else []), "--use", name))
    if leading:
        return (
            f"{verb} uses {literal(leading.name)}, in which the networks and each simple method "
            f"have the same say. {_carried(board)}To use the network alone: {line}"
        )
    if is_winner:
        return f"{verb} uses {literal(baseline.name)}, the winner. To use the network: {line}"
    return f"To {verb} with {literal(baseline.name)}: {line}"
