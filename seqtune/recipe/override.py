"""Layers of a recipe: the shipped defaults, the file, flags, and `--set`, each over the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqtune.recipe.faults import OVERRIDES, Fault, Place, Step, show
from seqtune.recipe.kind import plain
from seqtune.recipe.positions import Document, Places, read_yaml
from seqtune.recipe.section import Section


def lay_over(base: Document, over: Document, schema: type[Section]) -> Document:
    """Return the base with the keys of the other document in place of its own.

    Sections are joined key by key; a value is replaced as a whole, with what stands below it. A
    section left empty changes nothing.
    """
    values = _join(base.value, over.value, schema)
    hidden = set(_written(over.value, schema, ()))
    kept = {steps: place for steps, place in base.places.items() if not _below(steps, hidden)}
    return Document(values, {**over.places, **kept}, base.faults + over.faults)


def _join(base: Any, over: Any, schema: type[Section]) -> Any:
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    joined = dict(base)
    for key, value in over.items():
        inner = schema.section(key)
        if inner is None:
            joined[key] = value
        elif value is not None or key not in joined:
            joined[key] = _join(joined.get(key), value, inner)
    return joined


def _written(value: Any, schema: type[Section], steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """Return the steps to every value of the document, not going below a value."""
    if not isinstance(value, dict):
        return [steps]
    written: list[tuple[Step, ...]] = []
    for key, inner in value.items():
        section = schema.section(key)
        below = (*steps, key)
        written += [below] if section is None else _written(inner, section, below)
    return written


def _below(steps: tuple[Step, ...], hidden: set[tuple[Step, ...]]) -> bool:
    return any(steps[:length] in hidden for length in range(1, len(steps) + 1))


def from_sets(overrides: Sequence[str], schema: type[Section]) -> Document:
    """Read `key.path=value` texts, later ones over earlier ones; the values are YAML.

    Example:
        >>> from_sets(["network.units=[32, 64]"], Schema).value
        {'network': {'units': [32, 64]}}
    """
    joined = Document({})
    for index, text in enumerate(overrides):
        joined = lay_over(joined, _from_set(text, OVERRIDES + 1 + index), schema)
    return joined


def _from_set(text: str, order: int) -> Document:
    origin = f"--set {text}"
    place = Place(order, 1, 1, origin)
    path, equals, written = text.partition("=")
    steps = path.strip().split(".")
    if not equals or not all(steps):
        found = "found no '='" if not equals else f"found the key {path.strip()!r}"
        return Document({}, faults=[Fault(place, "", f"{found}, expected key.path=value")])
    document = read_yaml(written, origin, order)
    if document.faults and written.strip()[:1] in ("%", "@", "`"):
        document = Document(written)  # such as %d.%m.%Y, which YAML keeps for itself
    return _nest(document, steps, place)


def from_values(values: Mapping[str, object], schema: type[Section]) -> Document:
    """Take values by dotted path, as flags of the command line and keyword arguments give them.

    Example:
        >>> from_values({"search.budget": "60s"}, Schema).value
        {'search': {'budget': '60s'}}
    """
    joined = Document({})
    for path, value in values.items():
        place = Place(OVERRIDES, 1, 1, f"--set {path}={_shown(value)}")
        joined = lay_over(joined, _nest(Document(plain(value)), path.split("."), place), schema)
    return joined


def _shown(value: object) -> str:
    return value if isinstance(value, str) else show(plain(value)).replace("nothing", "null")


def _nest(document: Document, steps: list[str], place: Place) -> Document:
    """Put a value below the keys that lead to it; all of it stands at one place."""
    value = document.value
    for key in reversed(steps):
        value = {key: value}
    faults = [Fault(place, ".".join(steps), fault.text) for fault in document.faults]
    places: Places = {tuple(steps[:length]): place for length in range(1, len(steps) + 1)}
    return Document({} if faults else value, places, faults)
