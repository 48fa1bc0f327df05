"""A network as one file of Python that needs NumPy and nothing else.

Over 300 lines: a tenth of them are the text of the file that is written.
"""

from __future__ import annotations

import ast
import base64
import inspect
import keyword
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.export.arguments import Argument, arguments_of
from seqtune.export.numpy import operations
from seqtune.export.numpy.expressions import expression_of
from seqtune.export.onnx.program import OnnxProgram
from seqtune.runtime.onnx_network import key_of
from seqtune.runtime.trees import Leaf, flatten, read_description
from seqtune.tasks._exported import Exported

MOST_WRITTEN = 8
"""So many numbers at most stand in the lines themselves; more are weights."""

WIDTH = 88
"""Characters of a line of weights."""

TAKES_LISTS = ("Unsqueeze", "Squeeze", "Reshape", "Slice", "Expand", "Pad", "Split", "TopK",
               "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd")  # fmt: skip
"""Operations whose whole numbers are as well a list."""

HEAD = '''\
"""{title}

Written by seqtune; needs NumPy, and Python 3.10 or later.

{programs}

Arrays go in and come out as the network has them: what was measured on the training data to scale
them is in the codec.json of a folder that seqtune exports (-o FOLDER); reading data, scaling and
calibration are its own.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
'''

WEIGHTS = '''\
def weights(text: str, shape: Any, kind: str) -> Any:
    """Return the array whose bytes stand in a text."""
    return np.frombuffer(base64.b64decode(text), kind).reshape(shape)
'''

NOT_A_WORD = re.compile(r"\W")
NOT_PLAIN = re.compile(r"[^\w .,:+()-]")
"""What a title does not keep: nothing in it may end the text that it stands in."""

TAKEN = frozenset({"np", "base64", "weights", "Any", *keyword.kwlist, *vars(operations)})
"""Names that no variable may have."""


@dataclass
class Source:
    """The lines of a file while they are written.

    Args:
        title: Its first line.
    """

    title: str
    _weights: dict[tuple[bytes, tuple[int, ...], str], str] = field(default_factory=dict)
    _functions: list[str] = field(default_factory=list)
    _programs: list[str] = field(default_factory=list)

    def add(self, exported: Exported, program: OnnxProgram) -> str:
        """Add the function of a program, and return its name.

        Args:
            exported: The program, with examples of its arguments.
            program: The same as ONNX.

        Raises:
            ExportError: It has an operation that is not known in NumPy here.
        """
        import onnx

        graph = onnx.load_from_string(program.content).graph
        name = NOT_A_WORD.sub("_", key_of(exported.program))
        arguments = arguments_of(exported)
        leaves = list(
            leaves_of(read_description(program.inputs), [each.tree for each in arguments])
        )
        called = [variable(array) for each in arguments for array in each.arrays]
        known = {leaf.name: array for leaf, array in zip(leaves, called, strict=True) if leaf}
        body = _Body(self, dict(known))
        lines = [*_unpacking(arguments, called, leaves), *body.lines(graph)]
        returned = ", ".join(body.name(each.name) for each in graph.output)
        parameters = ", ".join(f"{variable(each.name)}: Any" for each in arguments)
        text = [f"def {name}({parameters}) -> Any:", *_docstring(called, leaves, program),
                *(f"    {line}" for line in lines), f"    return {returned}"]  # fmt: skip
        self._functions.append("\n".join(text) + "\n")
        self._programs.append(f"    {name}({', '.join(each.name for each in arguments)})")
        return name

    def weight(self, array: npt.NDArray[Any]) -> str:
        """Return the name of an array, which is kept once."""
        array = np.ascontiguousarray(array).reshape(array.shape)
        key = (array.tobytes(), array.shape, array.dtype.newbyteorder("<").str)
        return self._weights.setdefault(key, f"W{len(self._weights) + 1}")

    def text(self) -> str:
        """Return the whole file."""
        functions = "\n\n".join(self._functions)
        title = NOT_PLAIN.sub("_", self.title)  # it may hold what a stranger called a model
        head = HEAD.format(title=title, programs="\n".join(self._programs))
        kept = "\n\n".join(_used_operations(functions))
        arrays = "\n".join(_weight_lines(self._weights))
        return "\n\n".join([head, WEIGHTS, *([kept] if kept else []), arrays, functions])


@dataclass
class _Body:
    """The body of a function.

    Args:
        source: The file.
        names: Names in Python by names in the graph.
        constants: Arrays that are known, by their names in the graph.
    """

    source: Source
    names: dict[str, str]
    constants: dict[str, npt.NDArray[Any]] = field(default_factory=dict)

    def lines(self, graph: Any) -> Iterator[str]:
        """Yield what a graph computes."""
        from onnx import numpy_helper

        for array in graph.initializer:
            self.constants[array.name] = numpy_helper.to_array(array)
        for node in graph.node:
            yield from self._node(node)

    def name(self, name: str, kind: str = "") -> str:
        """Return what a tensor is called in Python, or its numbers."""
        if name in self.constants:
            return _literal(self.constants[name], kind) or self.source.weight(self.constants[name])
        return self.names[name] if name else ""

    def _fresh(self, name: str) -> str:
        own = variable(name)
        while own in self.names.values():
            own += "_"
        self.names[name] = own
        return own

    def _node(self, node: Any) -> Iterator[str]:
        from onnx import helper

        values = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        own: dict[str, Any] = {
            name: v.decode() if isinstance(v, bytes) else v for name, v in values.items()
        }
        read = [self.name(each, node.op_type) for each in node.input]
        if node.op_type == "Scan":
            yield from self._scan(node, own, read)
        elif node.op_type == "Loop":
            yield from self._function(own["body"])
            made = self._targets(node)
            yield f"{made} = loop({own['body'].name}, {read[1]}, [{', '.join(read[2:])}])"
        elif node.op_type == "If":
            yield from self._function(own["then_branch"])
            yield from self._function(own["else_branch"])
            branches = f"{own['then_branch'].name} if {read[0]} else {own['else_branch'].name}"
            yield f"{self._targets(node)} = ({branches})()"
        else:
            written = expression_of(node.op_type, read, own)
            yield f"{self._targets(node, unpacks=_gives_several(node))} = {written}"

    def _targets(self, node: Any, *, unpacks: bool = True) -> str:
        names = [self._fresh(each) if each else "_" for each in node.output]
        return "[" + ", ".join(names) + "]" if unpacks else names[0]

    def _scan(self, node: Any, own: Mapping[str, Any], read: Sequence[str]) -> Iterator[str]:
        arriving = own["num_scan_inputs"]
        states, arrays = read[:-arriving], read[-arriving:]
        backwards = any(own.get("scan_input_directions", [])) or any(
            own.get("scan_output_directions", [])
        )
        yield from self._function(own["body"])
        words = [own["body"].name, f"[{', '.join(states)}]", f"[{', '.join(arrays)}]"]
        words += ["backwards=True"] * backwards
        yield f"{self._targets(node)} = scan({', '.join(words)})"

    def _function(self, graph: Any) -> Iterator[str]:
        """Yield a graph in a node as a function, which sees what is around it."""
        parameters = ", ".join(f"{self._fresh(each.name)}: Any" for each in graph.input)
        yield f"def {graph.name}({parameters}) -> Any:"
        for line in self.lines(graph):
            yield f"    {line}"
        given = ", ".join(self.name(each.name) for each in graph.output)
        yield f"    return [{given}]"


def variable(name: str) -> str:
    """Return a name that a variable may have.

    Example:
        >>> variable("history"), variable("pad"), variable("two words")
        ('history', 'pad_', 'two_words')
    """
    own = NOT_A_WORD.sub("_", name)
    own = f"_{own}" if own[:1].isdigit() else own
    return f"{own}_" if own in TAKEN else own


def _gives_several(node: Any) -> bool:
    return len(node.output) > 1 or node.op_type == "Split"


def _literal(array: npt.NDArray[Any], kind: str) -> str:
    """Return a small array as Python writes it; "" for one that is a weight."""
    if array.size > MOST_WRITTEN or (array.dtype.kind == "f" and not np.isfinite(array).all()):
        return ""
    if array.ndim == 1 and array.dtype.kind == "i" and kind in TAKES_LISTS:
        return str(array.tolist())
    dtype = "bool_" if array.dtype == np.bool_ else array.dtype.name
    if array.ndim == 0:
        return f"np.{dtype}({array.item()!r})"
    return f"np.array({array.tolist()}, np.{dtype})"


def leaves_of(described: Any, tree: Any) -> Iterator[Leaf | None]:
    """Yield what describes each array of a tree; None for one that is not read."""
    if described is None:
        yield from [None] * len(flatten(tree))
    elif isinstance(described, Leaf):
        yield described
    elif isinstance(described, list):
        for own, value in zip(described, tree, strict=True):
            yield from leaves_of(own, value)
    else:
        for key, own in described.items():
            yield from leaves_of(own, tree[key])


def _unpacking(
    arguments: Sequence[Argument], called: Sequence[str], leaves: Sequence[Leaf | None]
) -> Iterator[str]:
    """Yield lines that take the arrays out of arguments."""
    waiting = zip(called, leaves, strict=True)
    for each in arguments:
        for place in range(len(each.arrays)):
            array, leaf = next(waiting)
            if leaf is None:
                continue
            value = variable(each.name)
            if isinstance(each.tree, Mapping):
                value += f"[{sorted(each.tree)[place]!r}]"
            elif isinstance(each.tree, (list, tuple)):
                value += f"[{place}]"
            yield f"{array} = np.asarray({value}, np.{leaf.dtype.replace('bool', 'bool_')})"


def _docstring(
    names: Sequence[str], leaves: Sequence[Leaf | None], program: OnnxProgram
) -> Iterator[str]:
    made = flatten(read_description(program.outputs))
    yield '    """Return ' + "; ".join(f"{_shape(leaf)} {leaf.dtype}" for leaf in made) + "."
    yield ""
    yield "    Args:"
    for name, leaf in zip(names, leaves, strict=True):
        about = f"{_shape(leaf)} {leaf.dtype}" if leaf else "not read"
        yield f"        {name}: {about}."
    yield '    """'


def _shape(leaf: Leaf) -> str:
    return "(" + ", ".join(map(str, leaf.shape)) + ")"


def _used_operations(text: str) -> list[str]:
    """Return the text of the functions of `operations` that a text uses, and of those they use."""
    own = {name: each for name, each in vars(operations).items() if inspect.isfunction(each)}
    found: dict[str, str] = {}
    waiting = [text]
    while waiting:
        read = {
            each.id for each in ast.walk(ast.parse(waiting.pop())) if isinstance(each, ast.Name)
        }
        for name in (read & set(own)) - set(found):
            found[name] = textwrap.dedent(inspect.getsource(own[name]))
            waiting.append(found[name])
    return [found[name] for name in own if name in found]


def _weight_lines(
    kept: Mapping[tuple[bytes, tuple[int, ...], str], str],
) -> Iterator[str]:
    for (content, shape, kind), name in kept.items():
        text = base64.b64encode(content).decode()
        lines = [text[begin : begin + WIDTH] for begin in range(0, len(text), WIDTH)]
        yield f"{name} = weights(\n" + "\n".join(f'    "{line}"' for line in lines or [""]) + ","
        yield f'    {shape}, "{kind}",\n)  # fmt: skip'
