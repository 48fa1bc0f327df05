"""Commands that take many flags as a few values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from inspect import Parameter, Signature
from typing import Any


def with_flag_groups(act: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes the fields of dataclasses as flags, and passes each on as one.

    Args:
        act: What the command does. A parameter whose type is a dataclass is a group of flags: the
            fields of it, annotated as parameters of a command are, stand in its place.

    Example:
        >>> @dataclass(frozen=True)
        ... class Draw:
        ...     seed: Annotated[int, typer.Option(help="Seed of all random numbers.")] = 0
        >>> @with_flag_groups
        ... def command(run: RunOrBundle, draw: Draw) -> None: ...
    """
    own = Signature.from_callable(act, eval_str=True).parameters
    groups = {
        name: each.annotation
        for name, each in own.items()
        if isinstance(each.annotation, type) and is_dataclass(each.annotation)
    }
    fields = {
        name: Signature.from_callable(kind, eval_str=True).parameters
        for name, kind in groups.items()
    }

    def command(**values: Any) -> None:
        made = {
            name: kind(**{field: values.pop(field) for field in fields[name]})
            for name, kind in groups.items()
        }
        act(**made, **values)

    shown = [
        each.replace(kind=Parameter.KEYWORD_ONLY)
        for name, parameter in own.items()
        for each in (fields[name].values() if name in groups else (parameter,))
    ]
    command.__doc__ = act.__doc__
    command.__signature__ = Signature(shown)  # type: ignore[attr-defined]
    return command
