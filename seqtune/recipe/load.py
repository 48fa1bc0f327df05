"""Recipes: loaded by name or from a file, checked, changed, and written again.

A recipe is made of layers, each over the last: the task's shipped `default` recipe, the file or
the recipe that was named, flags, and `--set`. A key that a file leaves out has the value that it
has in `<task>/default`.
"""

from __future__ import annotations

import codecs
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqtune.errors import RecipeError, unknown
from seqtune.recipe import catalogue, space
from seqtune.recipe.check import check, check_task, schema_of
from seqtune.recipe.dimension import Dimension
from seqtune.recipe.faults import OVERRIDES, Fault, ordered, refuse
from seqtune.recipe.override import from_sets, from_values, lay_over
from seqtune.recipe.positions import Document, read_yaml
from seqtune.recipe.schema import RecipeSchema
from seqtune.recipe.section import Section
from seqtune.recipe.write import to_yaml

MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Recipe:
    """What to search, on which data, for how long: checked text.

    Args:
        name: `<task>/<name>` of a shipped recipe, or the file that it was read from.
        values: The checked keys, an instance of the task's schema.

    Example:
        >>> recipe = Recipe.load("quick", "forecast", ["network.units=[16, 32]"])
        >>> recipe.get("network.units")
        (16, 32)
    """

    name: str
    values: RecipeSchema

    @classmethod
    def load(
        cls,
        source: str | Path | None,
        task: str,
        overrides: Sequence[str] = (),
        values: Mapping[str, object] | None = None,
    ) -> Recipe:
        """Load a recipe and lay flags and overrides over it.

        Args:
            source: A shipped recipe's name, or a file; None is the task's default recipe.
            task: The task that the recipe has to be for.
            overrides: `key.path=value` texts, as `--set` takes them.
            values: Values by dotted path, as flags give them; `overrides` go over them.

        Raises:
            RecipeError: The recipe is not there or not valid; the message names every fault.
        """
        schema = schema_of(task)
        name, path = locate(source, task)
        document, faults, stated = _read(_text_of(path), str(path), task)
        if stated is None:
            refuse(faults, _hint(faults, str(path), task))
        flags = from_values(values or {}, schema)
        document = lay_over(document, lay_over(flags, from_sets(overrides, schema), schema), schema)
        return cls(name, _checked(document, task, faults, name))

    @classmethod
    def from_text(cls, text: str, origin: str = "recipe") -> Recipe:
        """Read a recipe from YAML text; its `task` key says what it is for.

        Args:
            text: The YAML text.
            origin: What the text is called in messages and as the recipe's name.

        Raises:
            RecipeError: The recipe is not valid; the message names every fault.
        """
        task = _task_in(text, origin)
        document, faults, _ = _read(text, origin, task)
        return cls(origin, _checked(document, task, faults, origin))

    @property
    def task(self) -> str:
        """The task that the recipe is for."""
        return self.values.task

    def get(self, path: str) -> Any:
        """Return the value of a key by its dotted path.

        Raises:
            RecipeError: There is no such key.
        """
        value: Any = self.values
        for step in path.split("."):
            if not isinstance(value, Section) or step not in type(value).model_fields:
                known = [".".join(steps) for steps, _ in type(self.values).leaves()]
                raise RecipeError(unknown("key", path, known), f"seqtune recipes show {self.name}")
            value = getattr(value, step)
        return value

    def replace(self, changes: Mapping[str, object]) -> Recipe:
        """Return the recipe with other values for some keys.

        Args:
            changes: New values by dotted path.

        Raises:
            RecipeError: A key is not known, or a value does not fit it.
        """
        schema = type(self.values)
        document = lay_over(Document(self.values.to_dict()), from_values(changes, schema), schema)
        return Recipe(self.name, _checked(document, self.task, [], self.name))

    def filled_in(self, values: Mapping[str, object]) -> Recipe:
        """Return the recipe with inferred values in the place of "auto".

        Args:
            values: Inferred values by path; those that the recipe settles itself are left alone.
        """
        return self.replace(
            {path: value for path, value in values.items() if self.get(path) == "auto"}
        )

    def to_yaml(self) -> str:
        """Return the recipe as YAML with every key; reading it gives an equal recipe."""
        return to_yaml(self.values)

    def to_dict(self) -> dict[str, Any]:
        """Return every key as JSON holds it."""
        return self.values.to_dict()

    def dimensions(self) -> list[Dimension]:
        """Return every searchable key as a dimension, fixed ones among them."""
        return space.dimensions(self.values)

    def portfolio(self) -> list[dict[str, Any]]:
        """Return the configurations to try first, each with every key that has an effect."""
        return space.configurations(self.values)


def locate(source: str | Path | None, task: str | None) -> tuple[str, Path]:
    """Find a recipe by its name or its file.

    Returns:
        The recipe's name in messages and reports, and its file.

    Raises:
        RecipeError: There is no such recipe.
    """
    if isinstance(source, str) and not _is_shipped(source, task) and _looks_like_file(source):
        source = Path(source)
    if isinstance(source, Path):
        return str(source), source
    name = catalogue.full_name("default" if source is None else source, task)
    return name, catalogue.path(name)


def task_of(source: str | Path) -> str:
    """Return the task that a recipe says it is for.

    Raises:
        RecipeError: There is no such recipe, or it names no task.
    """
    _, path = locate(source, None)
    return _task_in(_text_of(path), str(path))


def _task_in(text: str, origin: str) -> str:
    _, faults, task = _read(text, origin, None)
    if task is None:
        refuse(faults, _hint(faults, origin, None))
    return str(task)


def faults_of(source: str | Path) -> tuple[Path, list[Fault]]:
    """Check a recipe without raising what is wrong in it.

    Returns:
        The file, and every fault in it, in the order of its lines.

    Raises:
        RecipeError: The file cannot be read at all.
    """
    _, path = locate(source, None)
    document, faults, task = _read(_text_of(path), str(path), None)
    if task is not None:
        faults = faults + document.faults + check(document, schema_of(task))[1]
    return path, ordered(faults)


def _read(text: str, origin: str, task: str | None) -> tuple[Document, list[Fault], str | None]:
    """Read a recipe over the defaults of its task.

    Returns:
        The document with the defaults below it, faults that stand in no document, and the task.
    """
    document = read_yaml(text, origin)
    if document.faults and document.value is None:
        return Document({}, document.places), document.faults, None
    stated, faults = check_task(document, task)
    if not isinstance(document.value, dict) or stated is None:
        return Document({}, document.places), faults + document.faults, None
    schema = schema_of(stated)
    defaults = Document({}) if _is_default(origin, stated) else _defaults(stated)
    if faults:
        document.value = {**document.value, "task": stated}
    return lay_over(defaults, document, schema), faults, stated


def _is_default(origin: str, task: str) -> bool:
    name = f"{task}/default"
    return name not in catalogue.names() or origin == str(catalogue.path(name))


def _defaults(task: str) -> Document:
    """Read the task's shipped default recipe, without its description."""
    path = catalogue.path(f"{task}/default")
    document = read_yaml(_text_of(path), str(path), order=-1)
    if isinstance(document.value, dict):
        document.value.pop("description", None)
    return document


def _checked(document: Document, task: str, faults: list[Fault], name: str) -> RecipeSchema:
    """Check a document, and raise every fault of it at once.

    Raises:
        RecipeError: There is at least one fault.
    """
    values, found = check(document, schema_of(task))
    faults = [*faults, *document.faults, *found]
    refuse(faults, _hint(faults, name, task))
    if values is None:
        raise RecipeError(f"{name} is not a valid recipe", "seqtune recipes list")
    return values


def _hint(faults: list[Fault], name: str, task: str | None) -> str:
    """Return the command that helps to mend the faults: in a file, or in overrides alone."""
    if Path(name).is_file() and any(fault.place.order < OVERRIDES for fault in faults):
        return f"correct the file, then: seqtune recipes check {shlex.quote(name)}"
    return f"seqtune recipes new {task}  (explains every key)" if task else "seqtune recipes list"


def _is_shipped(name: str, task: str | None) -> bool:
    return name in catalogue.names() or (task is not None and f"{task}/{name}" in catalogue.names())


def _looks_like_file(name: str) -> bool:
    try:
        return name.lower().endswith((".yaml", ".yml")) or Path(name).exists()
    except (OSError, ValueError):
        return False


def _text_of(path: Path) -> str:
    """Return the text of a recipe file.

    Raises:
        RecipeError: It is not a file, is too large, or is not text.
    """
    hint = "seqtune recipes list"
    if path.is_dir():
        raise RecipeError(f"{path}: found a folder, expected a recipe file", hint)
    if not path.is_file():
        raise RecipeError(f"{path}: found no such file, expected a recipe", hint)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}", hint) from error
    if len(content) > MAX_BYTES:
        size = f"more than {MAX_BYTES:,} bytes"
        raise RecipeError(f"{path}: found {size}, expected a recipe", hint)
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RecipeError(f"{path}:{line}: found bytes that are not UTF-8 text", hint) from error
