"""The flags of `fit` and `plan` as one value, and the recipe that they give."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seqtune.errors import RecipeError, UsageError, unknown
from seqtune.errors import literal as printable
from seqtune.registry import tasks, trackers
from seqtune.tasks._info import Flag, TaskInfo, info_of, infos

if TYPE_CHECKING:
    from seqtune.recipe.load import Recipe


def count_or_word(value: int | str) -> int | str:
    """Return a flag such as --workers, which takes a number or "auto"."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


SHARED = (
    Flag("budget", "search.budget", "Wall time for the whole command: 90s, 10m, 2h."),
    Flag("trials", "search.trials", "Maximum number of trials.", "integer"),
    Flag("workers", "search.workers", "Trials at a time: auto or a number.", read=count_or_word),
    Flag("executor", "search.executor", "Where trials run: auto, inline, processes, ray."),
    Flag("address", "search.address", "Ray cluster to join: host:port or ray://host:port."),
    Flag("backend", "backend", "Keras backend: auto, tensorflow, jax."),
    Flag("seed", "seed", "Seed of all random numbers.", "integer"),
    Flag("track", "tracking", f"Follow the search in {', '.join(trackers)} (repeatable).", "texts"),
)
"""The flags of every task that set a recipe key."""


@dataclass(frozen=True)
class FitOptions:
    """Every flag of `seqtune fit`; a flag that is not given leaves its key to the recipe.

    Args:
        recipe: A shipped recipe's name, or a file.
        set: `key.path=value` overrides.
        out: The run folder.
        query: What is read from a database; no recipe has it.
        flags: The other flags that were given, by name.
    """

    recipe: str | Path | None = None
    set: Sequence[str] = ()
    out: str | Path | None = None
    query: str | None = None
    flags: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        recipe: str | Path | None = None,
        set: Sequence[str] = (),
        out: str | Path | None = None,
        query: str | None = None,
        **flags: Any,
    ) -> FitOptions:
        """Return flags that are given by their names; None is a flag that is not given.

        Raises:
            UsageError: There is no flag of that name.

        Example:
            >>> FitOptions.of(target=["sales"], horizon=7, seed=None).flags
            {'target': ['sales'], 'horizon': 7}
        """
        known = known_flags()
        for name in flags:
            if name not in known:
                names = ("recipe", "set", "out", "query", *known)
                raise UsageError(unknown("flag", name, names), "seqtune fit --help")
        given = {name: flags[name] for name in known if flags.get(name) is not None}
        return cls(recipe, tuple(set), out, query, given)

    def words(self) -> list[str]:
        """Return the flags as they are typed.

        Example:
            >>> FitOptions.of(target=["sales"], horizon=7).words()
            ['--target', 'sales', '--horizon', '7']
        """
        known = known_flags()
        typed: list[str] = []
        for name, value in {
            "query": self.query,
            "recipe": self.recipe,
            "set": self.set,
            **self.flags,
        }.items():
            for item in _items(value, known[name][0].kind if name in known else "columns"):
                typed += [f"--{name}", item]
        return [*typed, *(["--out", str(self.out)] if self.out is not None else [])]

    def notes(self, task: str) -> list[str]:
        """Return what the user should know of the flags."""
        own = _own_flags(info_of(task))
        found = [own[name].note(value) for name, value in self.flags.items() if name in own]
        return [note for note in found if note]

    def values(self, info: TaskInfo) -> dict[str, Any]:
        """Return the flags that were given, by their path in the recipe of a task.

        Raises:
            UsageError: The task does not take a flag.
        """
        own = _own_flags(info)
        given = {}
        for name, value in self.flags.items():
            if name not in own:
                raise UsageError(
                    f"{info.name} has no flag --{name}; {_takers(name)}",
                    f"seqtune recipes new {info.name}, which explains every key",
                )
            given[own[name].path] = own[name].read(_listed(value, own[name].kind))
        return given


def known_flags() -> dict[str, list[Flag]]:
    """Return the flags of all tasks by name, those that every task shares last.

    Tasks may take the same flag for different keys: each name has a flag per task that takes it.
    """
    found = {name: [flag for _, flag in takers] for name, takers in _of_tasks("flags").items()}
    return {**found, **{flag.name: [flag] for flag in SHARED}}


def known_predict_flags() -> dict[str, list[Flag]]:
    """Return the flags of `predict` that only some tasks take, by name."""
    of_tasks = _of_tasks("predict_flags")
    return {name: [flag for _, flag in takers] for name, takers in of_tasks.items()}


def predict_settings(task: str, flags: Mapping[str, Any]) -> list[str]:
    """Return flags of `predict` as `key.path=value`.

    Args:
        task: Name of the task.
        flags: What was typed, by name; None for a flag that was not given.

    Raises:
        UsageError: The task does not take a flag.
    """
    own = {flag.name: flag for flag in info_of(task).predict_flags}
    settings = []
    for name, value in flags.items():
        if value is None:
            continue
        if name not in own:
            takers = [info for info, _ in _of_tasks("predict_flags")[name]]
            raise UsageError(
                f"a {task} run has no flag --{name}; {_have_it(takers)}", "seqtune predict --help"
            )
        settings.append(f"{own[name].path}={value}")
    return settings


def help_of(name: str, kind: Literal["flags", "predict_flags"] = "flags") -> str:
    """Return the help of a flag; where tasks differ, each help with the tasks that it is for.

    Args:
        name: The flag.
        kind: Whether it is one of `fit` or one of `predict`.

    Example:
        >>> help_of("horizon")
        'Number of steps to forecast (forecast).'
    """
    if shared := [flag.help for flag in SHARED if flag.name == name]:
        return shared[0]
    takers: dict[str, list[str]] = {}
    for task, flag in _of_tasks(kind).get(name, []):
        takers.setdefault(flag.help.removesuffix("."), []).append(task)
    return " ".join(f"{text} ({', '.join(names)})." for text, names in takers.items())


def _of_tasks(kind: Literal["flags", "predict_flags"]) -> dict[str, list[tuple[str, Flag]]]:
    """Return the flags of one kind by name: each with the task that takes it."""
    found: dict[str, list[tuple[str, Flag]]] = {}
    for info in infos():
        for flag in getattr(info, kind):
            found.setdefault(flag.name, []).append((info.name, flag))
    return found


def _own_flags(info: TaskInfo) -> dict[str, Flag]:
    return {flag.name: flag for flag in (*info.flags, *SHARED)}


def _takers(name: str) -> str:
    return _have_it([info.name for info in infos() if name in _own_flags(info)])


def _have_it(takers: Sequence[str]) -> str:
    if len(takers) == 1:
        return f"{takers[0]} has it"
    return f"{', '.join(takers[:-1])} and {takers[-1]} have it"


REPEATABLE = ("columns", "texts")
"""Kinds of flags that may be given several times, each time with one name."""


def _listed(value: Any, kind: str) -> Any:
    """Return the value of a repeatable flag as a list of texts, any other as it is.

    Tasks may differ in whether a flag is repeatable: of a list of one its item is taken.
    """
    if kind not in REPEATABLE:
        return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value
    return [value] if isinstance(value, str) else [str(item) for item in value]


def _items(value: Any, kind: str) -> list[str]:
    """Return a value as the words that are typed: one each where a flag is repeatable."""
    if value is None:
        return []
    if not isinstance(value, (list, tuple)):
        return [str(value)]
    if kind in REPEATABLE:
        return [str(item) for item in value]
    return [",".join(f"{item:g}" if isinstance(item, float) else str(item) for item in value)]


def task_name(task: str | None) -> str:
    """Return the task's own name for a name or a synonym.

    Raises:
        UsageError: There is no such task, or none was given.

    Example:
        >>> task_name("forecasting")
        'forecast'
    """
    known = list(tasks)
    if task is None:
        raise UsageError(
            f"no task was given; the tasks are {', '.join(known)}", f"--task {known[0]}"
        )
    for info in infos():
        if task.lower() in (info.name, *info.synonyms):
            return info.name
    raise UsageError(unknown("task", task, known), f"--task {known[0]}")


def load_recipe(task: str | None, options: FitOptions) -> Recipe:
    """Return the recipe that the flags give.

    Args:
        task: A task or a synonym.
        options: The flags.

    Raises:
        UsageError: There is no such task, or it does not take a flag.
        RecipeError: A key or a value is not valid; the message names every fault. Or a file names a
            cluster, which could run code here: that is for the user to say.
    """
    from seqtune.recipe.load import Recipe  # loads pydantic, which `--help` can do without

    info = info_of(task_name(task))
    typed, values = tuple(options.set), options.values(info)
    recipe = Recipe.load(options.recipe, info.name, typed, values)
    address = recipe.values.search.address
    if address != Recipe.load(None, info.name, typed, values).values.search.address:
        raise RecipeError(
            f"{options.recipe}: search.address: found {printable(address)}, expected auto: only "
            "the command line and RAY_ADDRESS can name a cluster, which can run code here",
            f"if you trust it: --address {shlex.quote(printable(address))}",
        )
    return recipe
