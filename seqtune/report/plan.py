"""What a fit would do, to read before the time is spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.facts import facts
from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import (
    CommandLines,
    bullets,
    count,
    duration,
    literal,
    several,
    size,
)
from seqtune.report.assumptions import AssumptionTable
from seqtune.run.plan import Plan


@dataclass(frozen=True)
class PlanReport:
    """The report of `plan`.

    Args:
        plan: What would be done.
        next_command: The `fit` that does it.
    """

    plan: Plan
    next_command: str = ""

    def __rich__(self) -> RenderableType:
        """Draw data, splits, assumptions, space and estimate."""
        plan = self.plan
        parts: list[RenderableType] = [
            Text(f"Plan: {literal(plan.task)} {literal(plan.data)}", style="bold"),
            facts(self._data()),
        ]
        if plan.splits:
            parts += [Text(), self._splits()]
        if plan.assumptions:
            parts += [Text(), Text("Assumptions", style="bold"), AssumptionTable(plan.assumptions)]
        parts += [Text(), Text("Estimate", style="bold"), facts(self._estimate())]
        parts += bullets(plan.notes)
        if self.next_command:
            parts += [Text(), Text("Next:"), CommandLines(self.next_command)]
        return Group(*parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `plan`."""
        return {**self.plan.to_dict(), "next": [self.next_command] if self.next_command else []}

    def _data(self) -> dict[str, str]:
        plan = self.plan
        mended = ", ".join(
            f"{count(number)} {what}" for what, number in plan.gaps.items() if number
        )
        return {
            "rows": count(plan.rows) + self._in_series(),
            **{role: ", ".join(columns) for role, columns in plan.roles.items()},
            **{name: literal(fact) for name, fact in plan.facts.items()},
            "frequency": plan.frequency,
            "seasonality": ", ".join(several(period, "step") for period in plan.periods),
            "horizon": several(plan.horizon, "step") if plan.horizon else "",
            "lookback": several(plan.lookback, "step") if plan.lookback else "",
            "gaps": mended or ("none" if plan.series else ""),
        }

    def _in_series(self) -> str:
        return f" in {several(self.plan.series, 'series', 'series')}" if self.plan.series else ""

    def _splits(self) -> RenderableType:
        columns = [
            Column("split"),
            Column("steps", numeric=True),
            Column(f"{self.plan.unit}s", numeric=True),
            Column("from", foldable=True),
            Column("to", foldable=True),
        ]
        rows: list[tuple[str, ...]] = [
            (split.name, count(split.steps), count(split.windows), split.first, split.last)
            for split in self.plan.splits
        ]
        if not any(split.first for split in self.plan.splits):
            columns, rows = columns[:3], [row[:3] for row in rows]
        return table(columns, rows)

    def _estimate(self) -> dict[str, str]:
        plan = self.plan
        space = several(plan.dimensions, "searched key")
        if plan.dimensions:
            space += f", {_combinations(plan.combinations)}"
        if plan.portfolio:
            space += f"; {count(plan.portfolio)} from the recipe's portfolio come first"
        stages = ", ".join(f"{stage} {duration(spent)}" for stage, spent in plan.seconds.items())
        expected = "" if plan.trials is None else f"about {count(plan.trials)}"
        if plan.trial_seconds is not None:
            expected += f", if one takes {duration(plan.trial_seconds)} (a rough estimate)"
        return {
            "recipe": plan.recipe,
            "space": space,
            "trials": expected,
            "executor": plan.executor,
            "workers": f"{count(plan.workers)}: {plan.workers_why}".removesuffix(": "),
            "time": f"{duration(plan.budget_seconds)} at most" + (f": {stages}" if stages else ""),
            "memory": f"about {size(plan.memory_bytes)}" if plan.memory_bytes else "",
        }


def _combinations(number: int | None) -> str:
    if number is None:
        return "a continuous space"
    if number >= 1_000_000:
        return f"{number:.1e} combinations"
    return several(number, "combination")
