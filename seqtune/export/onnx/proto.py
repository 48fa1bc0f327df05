"""A graph of ONNX nodes as it goes into a file, without what nothing needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from seqtune.export.onnx.graph import Graph
from seqtune.export.onnx.values import Value


def finished(graph: Graph, name: str, outputs: Sequence[Value]) -> Any:
    """Return the graph, without what nothing of its outputs needs.

    Args:
        graph: The graph, all its nodes written.
        name: Its name.
        outputs: What it gives, in their order.
    """
    from onnx import helper

    named, found = list[str](), [graph.whole(output).name for output in outputs]
    made = {name for node in graph.nodes for name in node.output}
    for own in found:  # an output is made in this graph, and no other has its name
        is_new = own in made and own not in named
        named.append(own if is_new else graph.add("Identity", [own])[0])
    needed, kept = set(named), list[Any]()
    for node in reversed(graph.nodes):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(used_names(node))
    infos = []
    for own, output in zip(named, outputs, strict=True):
        kind = helper.np_dtype_to_tensor_dtype(output.dtype)
        axes = [size[0] if size[0] == size[1] else graph.new_name("size")
                for size in output.shape]  # fmt: skip
        infos.append(helper.make_tensor_value_info(own, kind, axes))
    weights = [each for each in graph.initializers if each.name in needed]
    return helper.make_graph(kept[::-1], name, graph.inputs, infos, weights)


def used_names(node: Any) -> Iterator[str]:
    """Yield what a node reads, and what the graphs in it read of the graph around them."""
    yield from node.input
    for attribute in node.attribute:
        if attribute.HasField("g"):
            for inner in attribute.g.node:
                yield from used_names(inner)
            yield from (output.name for output in attribute.g.output)
