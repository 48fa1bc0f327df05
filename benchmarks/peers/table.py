"""The Markdown table, from the result of every method and its forecasts."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from figures import figures
from methods import METHODS
from panels import Panel


def table(name: str, panel: Panel, folders: Mapping[str, Path]) -> str:
    """Return one data set's table, the best method first.

    Args:
        name: Of the data set.
        panel: The data set.
        folders: The result of each method, by its key; one that has not run is left out.
    """
    series = panel.table["series"].nunique()
    heading = f"### {name}: {series} series, {panel.horizon} steps ahead, "
    heading += f"{len(panel.cutoffs)} cut-off{'s' if len(panel.cutoffs) > 1 else ''}"
    lines: list[tuple[float, str]] = []
    columns = ["sMAPE", "MASE", *(["OWA"] if panel.naive else [])]
    columns += ["MSE", "MAE"] if panel.deviation is not None else []
    for key, folder in folders.items():
        if (folder / "result.json").exists():
            lines.append(line(key, panel, folder, columns))
    head = f"| method | {' | '.join(columns)} | seconds | what the budget went to |"
    rule = "| --- " * (len(columns) + 3) + "|"
    return "\n".join([heading, "", head, rule, *(text for _, text in sorted(lines))])


def line(key: str, panel: Panel, folder: Path, columns: list[str]) -> tuple[float, str]:
    """Return one method's row, and what rows are sorted by."""
    result = json.loads((folder / "result.json").read_text())
    found: dict[str, float] = {}
    detail = result["detail"]
    if result["status"] == "done":
        try:
            found = figures(panel, folder / "forecasts.csv")
        except ValueError as error:
            detail = f"unusable: {error}"
    else:
        detail = f"{result['status']} after {result['wall_seconds']:.0f} s"
    cells = [f"{found[each]:.3f}" if each in found else "-" for each in columns]
    seconds = result["fit_seconds"]
    cells += ["-" if seconds is None else f"{seconds:.0f}", detail]
    text = f"| {METHODS[key].title} | {' | '.join(cells)} |"
    return found.get(columns[-1] if panel.naive else "MASE", float("inf")), text


def machine() -> str:
    """Return a sentence about this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    model = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        names = [
            each for each in described.read_text().splitlines() if each.startswith("model name")
        ]
        model = names[0].split(":", 1)[1].strip() if names else model
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    system = f"{platform.system()} {platform.machine()}"
    return f"{cores} cores ({model}), {memory:.0f} GB, {system}, Python {platform.python_version()}"


def provenance(results: list[dict[str, Any]], budget: str, seed: int) -> str:
    """Return the paragraph on machine, versions, budget and date.

    Args:
        results: Of all methods and data sets.
        budget: As it was given.
        seed: Of what is random.
    """
    held = sorted({f"{name} {each}" for one in results for name, each in one["versions"].items()})
    dates = sorted({one["date"] for one in results})
    when = " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else "nothing run yet"
    return (
        f"{machine()}; {when}. Budget {budget}, seed {seed}, one after the other with all cores. "
        f"{', '.join(held)}."
    )
