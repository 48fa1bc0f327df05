"""The flags that `fit` and `plan` share, made from what the tasks say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from seqtune.cli import completion
from seqtune.cli.completion import offering
from seqtune.cli.output import AsJson, Query, Quiet
from seqtune.tasks._info import infos
from seqtune.workflow.options import (
    FitOptions,
    help_of,
    known_flags,
    known_predict_flags,
    task_name,
)

Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA", help="A table (CSV, JSON, Parquet, Excel, SQL), a folder, or -."
    ),
]
MaybeData = Annotated[str | None, get_args(Data)[1]]
Recipe = Annotated[
    str | None,
    typer.Option(
        help="A shipped recipe or a YAML file.", autocompletion=offering(completion.recipes)
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="Override one recipe key: key.path=value (repeatable).",
        autocompletion=offering(completion.keys),
    ),
]
Out = Annotated[Path | None, typer.Option(help="New run folder.")]

KINDS: dict[str, Any] = {
    "text": str | None,
    "texts": list[str] | None,
    "integer": int | None,
    "column": str | None,
    "columns": list[str] | None,
}


def check_task(data: str, task: str | None, options: FitOptions, command: str) -> str:
    """Return the task's own name; nothing heavy is loaded to refuse an unknown one.

    Raises:
        UsageError: The task is unknown, or none was given; says which tasks the data suits.
    """
    if task is not None:
        return task_name(task)
    from seqtune.workflow.inspect import missing_task

    raise missing_task(data, options, command)


def with_fit_flags(
    act: Callable[..., None],
    summary: str,
    *,
    asks: bool = False,
    more: Mapping[str, tuple[Any, Any]] | None = None,
) -> Callable[..., None]:
    """Return a command that parses the flags of `fit` and passes them on as one value.

    Args:
        act: What the command does: takes data, task, options, as_json and quiet, and by name what
            is more.
        summary: The first line of its help.
        asks: Whether it asks for the data where none are typed.
        more: Further parameters by name: annotation and default.
    """
    further = dict(more or {})

    def command(
        data: str | None, task: str | None, as_json: bool, quiet: bool, overrides: Any, **flags: Any
    ) -> None:
        own = {name: flags.pop(name) for name in further}
        options = FitOptions.of(set=tuple(overrides or ()), **flags)
        act(data, task, options, as_json, quiet, **own)

    command.__doc__ = summary
    shown = [*_parameters(asks), *(_parameter(name, *each) for name, each in further.items())]
    command.__signature__ = Signature(shown)  # type: ignore[attr-defined]
    return command


def with_task_flags(act: Callable[..., None]) -> Callable[..., None]:
    """Return a command that also parses the flags of `predict` that only some tasks take.

    Args:
        act: The command; it takes them as one dictionary, `flags`, by name.
    """
    flags = known_predict_flags()
    own = Signature.from_callable(act, eval_str=True).parameters.values()
    shown = [each for each in own if each.name != "flags"]
    extra = [
        _parameter(
            name.replace("-", "_"),
            Annotated[
                KINDS[takers[0].kind],
                typer.Option(f"--{name}", help=help_of(name, "predict_flags")),
            ],
        )
        for name, takers in flags.items()
    ]

    def command(**values: Any) -> None:
        act(flags={name: values.pop(name.replace("-", "_")) for name in flags}, **values)

    command.__doc__ = act.__doc__
    command.__signature__ = Signature([*shown, *extra])  # type: ignore[attr-defined]
    return command


def _parameters(asks: bool) -> Iterator[Parameter]:
    """Yield the parameters of `fit` in the order of its help: what is learnt, columns, search."""
    names = ", ".join(info.name for info in infos())
    yield _parameter("data", Data if not asks else MaybeData, None if asks else Parameter.empty)
    task = typer.Option(help=f"What to learn: {names}.", autocompletion=offering(completion.tasks))
    yield _parameter("task", Annotated[str | None, task])
    yield _parameter("recipe", Recipe)
    yield _parameter("overrides", Overrides)
    for name, flags in known_flags().items():
        offer = completion.of_flag(flags[0])
        option = typer.Option(f"--{name}", help=help_of(name), autocompletion=offer)
        yield _parameter(name, Annotated[KINDS[flags[0].kind], option])
    yield _parameter("query", Query)
    yield _parameter("out", Out)
    yield _parameter("as_json", AsJson, False)
    yield _parameter("quiet", Quiet, False)


def _parameter(name: str, annotation: Any, default: Any = None) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
