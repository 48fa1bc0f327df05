"""The flags that `fit` and `plan` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from seqtune.cli.output import AsJson, Quiet
from seqtune.workflow.options import FitOptions, task_name

Act = Callable[[str, str | None, FitOptions, bool, bool], None]
"""Takes data, task, options, as_json and quiet."""


def check_task(data: str, task: str | None, options: FitOptions, command: str) -> str:
    """Return the task's own name; nothing heavy is loaded to refuse an unknown one.

    Raises:
        UsageError: The task is unknown, or none was given; says which tasks the data suits.
    """
    if task is not None:
        return task_name(task)
    from seqtune.workflow.inspect import tell_tasks

    raise tell_tasks(data, options, command)


def count_or_word(text: str | None) -> int | str | None:
    """Return a flag such as --workers, which takes a number or "auto"."""
    return int(text) if text is not None and text.isdigit() else text


def with_fit_flags(act: Act, summary: str) -> Callable[..., None]:
    """Return a command that parses the flags of `fit` and passes them on as one value.

    Args:
        act: What the command does.
        summary: The first line of its help.
    """

    def command(
        data: Annotated[
            str,
            typer.Argument(
                metavar="DATA", help="CSV, TSV, JSONL or Parquet, or a folder of texts."
            ),
        ],
        task: Annotated[
            str | None, typer.Option(help="What to learn: forecast, classify, anomaly, generate.")
        ] = None,
        recipe: Annotated[str | None, typer.Option(help="A shipped recipe or a YAML file.")] = None,
        overrides: Annotated[
            list[str] | None,
            typer.Option("--set", help="Override one recipe key: key.path=value (repeatable)."),
        ] = None,
        target: Annotated[
            list[str] | None, typer.Option(help="Column to learn (repeatable).")
        ] = None,
        time: Annotated[str | None, typer.Option(help="Column of dates or steps.")] = None,
        series: Annotated[
            str | None, typer.Option(help="Column that tells series, or cases, apart.")
        ] = None,
        text: Annotated[str | None, typer.Option(help="Column of texts to classify.")] = None,
        label: Annotated[
            str | None,
            typer.Option(help="Column of labels to learn; of known anomalies, to score by."),
        ] = None,
        group: Annotated[
            str | None, typer.Option(help="Column whose values no split tears apart.")
        ] = None,
        past: Annotated[
            list[str] | None, typer.Option(help="Covariate known until now (repeatable).")
        ] = None,
        future: Annotated[
            list[str] | None, typer.Option(help="Covariate known ahead (repeatable).")
        ] = None,
        static: Annotated[
            list[str] | None, typer.Option(help="Column constant per series (repeatable).")
        ] = None,
        horizon: Annotated[int | None, typer.Option(help="Steps ahead.")] = None,
        lookback: Annotated[int | None, typer.Option(help="Steps of history.")] = None,
        freq: Annotated[
            str | None, typer.Option(help="Distance between rows, such as h, D or MS.")
        ] = None,
        quantiles: Annotated[
            str | None, typer.Option(help="Levels to forecast, such as 0.05,0.5,0.95.")
        ] = None,
        budget: Annotated[
            str | None, typer.Option(help="Wall time for the whole command: 90s, 10m, 2h.")
        ] = None,
        trials: Annotated[int | None, typer.Option(help="At most so many trials.")] = None,
        workers: Annotated[
            str | None, typer.Option(help="Trials at a time: auto or a number.")
        ] = None,
        executor: Annotated[
            str | None, typer.Option(help="Where trials run: auto, inline, processes, ray.")
        ] = None,
        backend: Annotated[
            str | None, typer.Option(help="Keras backend: auto, tensorflow, jax.")
        ] = None,
        seed: Annotated[int | None, typer.Option(help="Start of all random numbers.")] = None,
        out: Annotated[Path | None, typer.Option(help="Run folder; never written over.")] = None,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        options = FitOptions(
            recipe=recipe,
            set=tuple(overrides or ()),
            target=target or None,
            time=time,
            series=series,
            text=text,
            label=label,
            group=group,
            past=past or None,
            future=future or None,
            static=static or None,
            horizon=horizon,
            lookback=lookback,
            freq=freq,
            quantiles=quantiles,
            budget=budget,
            trials=trials,
            workers=count_or_word(workers),
            executor=executor,
            backend=backend,
            seed=seed,
            out=out,
        )
        act(data, task, options, as_json, quiet)

    command.__doc__ = summary
    return command
