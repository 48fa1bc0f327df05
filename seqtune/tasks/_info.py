"""What a task says of itself before anything heavy is loaded.

Each task has a module `info.py` with one value `INFO`. Shared modules ask it, and so name no task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Literal

from seqtune.errors import RecipeError, unknown
from seqtune.registry import tasks


def as_given(value: Any) -> Any:
    """Return the value of a flag as it was typed."""
    return value


def one_or_many(value: Any) -> Any:
    """Return the one item of a list of one; other values as they are.

    Example:
        >>> one_or_many(["sales"]), one_or_many(["sales", "visits"])
        ('sales', ['sales', 'visits'])
    """
    return value[0] if isinstance(value, list) and len(value) == 1 else value


@dataclass(frozen=True)
class Flag:
    """A flag of `fit` and `plan`, or of `predict`, and the recipe key that it sets.

    Args:
        name: As it is typed, without the dashes; also a keyword argument of `seqtune.fit`.
        path: The recipe key.
        help: A sentence.
        kind: "text", "integer", "column", or "columns" (repeatable).
        read: Turns what was typed into the value of the key.
        note: Says what the user should know of the value; empty for nothing.
    """

    name: str
    path: str
    help: str
    kind: Literal["text", "texts", "integer", "column", "columns"] = "text"
    read: Callable[[Any], Any] = as_given
    note: Callable[[Any], str] = lambda value: ""


@dataclass(frozen=True)
class Metric:
    """A figure that models are scored by.

    Args:
        name: Its key in leaderboards and in JSON.
        title: As people write it; the name with blanks for underscores if empty.
        direction: "min" where lower is better, "max" where higher is.
        unit: What a difference of two figures is counted in.
        tie_break: A metric, lower better, that ranks models of the same figure.
        shown: Whether leaderboards show it first beside the metric that selects.
        remark: A sentence on the figure of the best network, with {name} and {figure}.
        spare: Whether a table that is too wide is drawn without it.
    """

    name: str
    title: str = ""
    direction: Literal["min", "max"] = "min"
    unit: str = "points"
    tie_break: str = ""
    shown: bool = False
    remark: str = ""
    spare: bool = False


@dataclass(frozen=True)
class TaskInfo:
    """What the command line, the recipes and the reports must know of a task.

    Args:
        name: The folder, the recipe's `task`, and the value of `--task`.
        summary: What is learnt, in a few words.
        metrics: Every metric that its models are scored by.
        flags: The flags of `fit` that only some tasks take.
        synonyms: Other words for `--task`.
        verb: The command that uses a run.
        needs_data: Whether `predict` cannot do without new data.
        reads_documents: Whether a text file is read as documents rather than as a table.
        suits_most: Whether nearly any table suits: tasks that suit few are proposed first.
        backtests: Whether `evaluate` takes --folds and --step.
        examples: What is counted while a prediction is made: "windows", "rows".
        predict_keys: Keys of the recipe that `predict` may set: they need no training again.
        predict_flags: The flags of `predict` that only some tasks take; each sets one of these.
        allows_missing: Whether cells of the prediction table may be empty.
        line_columns: Names of columns that plain text files may give, a row for each line: the data
            the first; a file beside it, which the key `data.<name>` of the recipe then names, the
            second.
        forms: Endings of files, no tables, that predictions are written to in the form of the data.
        sentence_columns: What files of sentences, a line per token, call their first and their
            last column where nothing names them; a task that has them reads such files.
        commands: Modules with further commands: `NAME`, `EXAMPLE` and `command` each.
        zero_shot: The simple method that predicts without training; empty where there is none.
        limits: What a user of its models should know that they cannot do, a sentence each.
    """

    name: str
    summary: str
    metrics: tuple[Metric, ...]
    flags: tuple[Flag, ...] = ()
    synonyms: tuple[str, ...] = ()
    verb: str = "predict"
    needs_data: bool = False
    reads_documents: bool = False
    suits_most: bool = False
    backtests: bool = False
    examples: str = "rows"
    predict_keys: tuple[str, ...] = ()
    predict_flags: tuple[Flag, ...] = ()
    allows_missing: bool = False
    line_columns: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    sentence_columns: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    zero_shot: str = ""
    limits: tuple[str, ...] = ()

    def metric(self, name: str) -> Metric:
        """Return a metric by its name; one that says nothing if the task has none of it."""
        return next((metric for metric in self.metrics if metric.name == name), Metric(name))


@dataclass(frozen=True)
class Usage:
    """How one run is used.

    Args:
        verb: The command that takes another row by --use; empty where no other row can be used.
        commands: What one would type next, as words, the likeliest first.
    """

    verb: str
    commands: tuple[tuple[str, ...], ...]


def info_of(task: str) -> TaskInfo:
    """Return what a task says of itself.

    Args:
        task: Its name.

    Raises:
        RecipeError: There is no such task, or its package has no `info.py`.
    """
    if task not in tasks:
        raise RecipeError(unknown("task", task, tasks), "seqtune recipes list")
    try:
        info: TaskInfo = task_module(task, "info").INFO
    except (ImportError, AttributeError) as error:
        raise RecipeError(f"the task {task} has no info.py: {error}", "seqtune doctor") from error
    return info


def task_module(task: str, name: str) -> ModuleType:
    """Import a module of a task's package: "info", "suggest", "report".

    Raises:
        ModuleNotFoundError: The task has no such module.
    """
    return import_module(f"{tasks.modules[task]}.{name}")


def infos() -> Iterator[TaskInfo]:
    """Yield what every task says of itself; a broken package from outside is passed over."""
    for task in tasks:
        try:
            yield info_of(task)
        except RecipeError:
            if tasks.modules[task].startswith(f"{tasks.package}."):
                raise


def metric_of(name: str) -> Metric:
    """Return a metric of any task by its name; one that says nothing if no task has it.

    Example:
        >>> metric_of("mase").title
        'MASE'
    """
    for info in infos():
        for metric in info.metrics:
            if metric.name == name:
                return metric
    return Metric(name)
