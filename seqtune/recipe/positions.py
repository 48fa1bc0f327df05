"""YAML read with the place of every key, and without YAML's surprises.

Scalars follow YAML 1.2: `no` and `on` are words, `12:30` and `2024-01-31` are text, `1e-4` is a
number. Keys are always text. Duplicate keys, and documents that aliases blow up, are faults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from seqtune.recipe.faults import Fault, Place, Step, dotted

MAX_VALUES = 10_000
DEEPEST = 20
_TAG = "tag:yaml.org,2002:"

Places = dict[tuple[Step, ...], Place]


class Loader(yaml.SafeLoader):
    """A safe loader that resolves scalars as YAML 1.2 does."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own form)


_SCALARS = {
    "null": (r"~|null|Null|NULL|", "~nN\0"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
}
for _name, (_pattern, _first) in _SCALARS.items():
    Loader.add_implicit_resolver(
        _TAG + _name,
        re.compile(rf"^(?:{_pattern})$"),
        ["" if letter == "\0" else letter for letter in _first],
    )


@dataclass
class Document:
    """What a YAML text holds: its value, the place of every part, and what is wrong with it."""

    value: Any = None
    places: Places = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def place(self, steps: tuple[Step, ...]) -> Place:
        """Return where a value stands, or the nearest thing around it that was written."""
        while steps and steps not in self.places:
            steps = steps[:-1]
        return self.places.get(steps, Place(0, 1, 1, "recipe"))


def read_yaml(text: str, origin: str, order: int = 0) -> Document:
    """Read one YAML document, remembering where each value stands.

    Args:
        text: The YAML text.
        origin: What the text is called in messages: a file name, or an override.
        order: Where faults of this text stand among those of others.

    Returns:
        The document; its `value` is None where the text cannot be read at all.
    """
    document = Document(places={(): Place(order, 1, 1, origin)})
    loader: Any = None
    try:
        loader = Loader(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(order, mark.line + 1, mark.column + 1, origin) if mark else document.place(())
        problem = " ".join(str(error.problem or error.context).split())
        text = f"found no valid YAML: {problem}, column {place.column}"
        document.faults.append(Fault(place, "", text))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        found = f"found the character {chr(error.character)!r}, expected text"
        document.faults.append(Fault(Place(order, line, 1, origin), "", found))
    except RecursionError:
        document.faults.append(_too_large(document.place(())))
    except (ArithmeticError, ValueError):  # PyYAML lets out what Python raises of such numbers
        mark = loader.get_mark()
        place = Place(order, mark.line + 1, mark.column + 1, origin)
        number = "the code of a character, or a version, that is too large"
        text = f"found no valid YAML: {number}, column {place.column}"
        document.faults.append(Fault(place, "", text))
    else:
        if root is not None:
            document.value = _Walk(document, origin, order).value(root, ())
    return document


def _too_large(place: Place) -> Fault:
    return Fault(
        place,
        "",
        f"found more than {MAX_VALUES:,} values or {DEEPEST} levels once aliases are followed, "
        "expected a recipe",
    )


class _TooLargeError(Exception):
    """The document holds more values than a recipe can have."""


class _Walk:
    """Turns YAML nodes into values, noting the place of each and every fault."""

    def __init__(self, document: Document, origin: str, order: int) -> None:
        self.document = document
        self.origin = origin
        self.order = order
        self.count = 0

    def value(self, root: yaml.Node, steps: tuple[Step, ...]) -> Any:
        try:
            return self._visit(root, steps)
        except _TooLargeError:
            self.document.faults.append(_too_large(self._mark(root)))
            return None

    def _visit(self, node: yaml.Node, steps: tuple[Step, ...]) -> Any:
        self.count += 1
        if self.count > MAX_VALUES or len(steps) > DEEPEST:
            raise _TooLargeError
        self.document.places.setdefault(steps, self._mark(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, steps)
        if isinstance(node, yaml.SequenceNode):
            return [self._visit(item, (*steps, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, steps)

    def _mapping(self, node: yaml.MappingNode, steps: tuple[Step, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        first: dict[str, Place] = {}
        for key_node, value_node in node.value:
            place = self._mark(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(place, steps, "found a list or mapping as a key, expected a name")
                continue
            key = str(key_node.value)
            if key in first:
                earlier = f"first on line {first[key].line}"
                self._fault(place, (*steps, key), f"found the key twice ({earlier}), expected once")
                continue
            first[key] = self.document.places[(*steps, key)] = place
            values[key] = self._visit(value_node, (*steps, key))
        return values

    def _scalar(self, node: yaml.Node, steps: tuple[Step, ...]) -> Any:
        kind, text = node.tag.removeprefix(_TAG), str(node.value)
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() == "true"
            if kind == "int":
                return int(text, 0 if text[:2] in ("0o", "0x") else 10)
            if kind == "float":
                return float(
                    text.replace(".inf", "inf").replace(".Inf", "inf").replace(".nan", "nan")
                )
        except ValueError:
            return text
        if kind != "str":
            self._fault(
                self._mark(node), steps, f"found the tag {node.tag}, expected a plain value"
            )
        return text

    def _mark(self, node: yaml.Node) -> Place:
        mark = node.start_mark
        return Place(self.order, mark.line + 1, mark.column + 1, self.origin)

    def _fault(self, place: Place, steps: tuple[Step, ...], text: str) -> None:
        self.document.faults.append(Fault(place, dotted(steps), text))
