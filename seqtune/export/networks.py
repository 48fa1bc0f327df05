"""A network as files of a bundle: an ONNX file for each of its programs, and one that lists them.

models/t001.json            programs by name with their files and arguments, and facts
models/t001-predict.onnx
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqtune.files import write_bytes, write_json
from seqtune.run.predictor import Predictor
from seqtune.runtime.onnx_network import key_of
from seqtune.tasks._values import Network, Values


def write_network(predictor: Predictor, values: Values, network: Network, path: Path) -> None:
    """Convert the programs of a network that predicting needs, and write them.

    Args:
        predictor: The run's, whose task says which programs these are.
        values: The network's configuration.
        network: The network, as Keras runs it.
        path: The JSON file that lists them; the programs stand beside it.

    Raises:
        ExportError: A program cannot be converted.
    """
    from seqtune.export.onnx.program import to_onnx

    task, model = predictor.task, network.model
    programs: dict[str, Any] = {}
    for exported in task.programs(predictor.prepared, values, model):
        made = to_onnx(model, exported)
        name = key_of(exported.program)
        file = path.with_name(f"{path.stem}-{name}.onnx")
        write_bytes(file, made.content)
        programs[name] = {
            "file": f"{path.parent.name}/{file.name}",
            "inputs": made.inputs,
            "outputs": made.outputs,
            "axes": dict(made.axes),
            "options": dict(exported.program.options),
        }
    write_json(path, {"programs": programs, "facts": task.network_facts(model)})
