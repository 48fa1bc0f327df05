"""Networks in the forms of TensorFlow, by a process that has it, whatever backend this one has.

    python -m seqtune.export.tensorflow FORM RUN ROW FOLDER CALLS

builds the networks of a row anew with TensorFlow, from the weights in the run folder, writes them
to FOLDER, and asks what it wrote the calls in CALLS, a folder, where it puts the answers.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seqtune.errors import ExportError, MissingExtra, SeqtuneError
from seqtune.export.calls import Array, Call, programs_of, read_calls, write_calls
from seqtune.files import read_json, scratch_folder, write_json
from seqtune.runtime.backend import installed
from seqtune.runtime.import_paths import import_paths

DESCRIBED = "programs.json"
CALLS, ASKED, SAID = ".npz", "-asked.npz", "-said.npz"
"""How the names of files end that hold the calls of a network, those that were asked again, and
what was said to them."""

UNKNOWN = "it ended without a word"


def write_with_tensorflow(
    form: str, run: Path, row: str, folder: Path, calls: Mapping[str, Sequence[Call]]
) -> tuple[dict[str, Any], list[tuple[Call, list[Array]]]]:
    """Write the networks of a row in a form of TensorFlow, and ask what was written.

    Args:
        form: "keras", "savedmodel" or "litert".
        run: The run folder.
        row: The row of its leaderboard.
        folder: Where the files are written.
        calls: By the name of each network, what it was asked.

    Returns:
        By network, what is said of its programs; and what was said to the calls.

    Raises:
        ExportError: The form cannot hold a network.
        MissingExtra: TensorFlow is not installed.
    """
    if installed("tensorflow") is None:
        raise MissingExtra(
            f"the form {form} is written with TensorFlow, not installed here",
            "pip install tensorflow",
        )
    with scratch_folder() as scratch:
        for network, own in calls.items():
            write_calls(own, scratch / f"{network}{CALLS}")
        words = [form, str(run.resolve()), row, str(folder.resolve()), str(scratch)]
        done = subprocess.run(
            [sys.executable, "-m", __name__, *words],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(import_paths()),
                "KERAS_BACKEND": "tensorflow",
                "CUDA_VISIBLE_DEVICES": "-1",  # a GPU rounds numbers in its own way
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = next(iter(done.stderr.strip().splitlines()[-1:]), UNKNOWN)
            raise ExportError(f"{row} has no form {form}: {reason}", "--format onnx, or --use NAME")
        asked = [call for network in calls for call in read_calls(scratch / f"{network}{ASKED}")]
        said = [call for network in calls for call in read_calls(scratch / f"{network}{SAID}")]
        answers = [(call, [*each.results]) for call, each in zip(asked, said, strict=True)]
        return read_json(scratch / DESCRIBED), answers


def _act(form: str, run: Path, row: str, folder: Path, calls: Path) -> None:
    """Write, ask, and leave what came of it."""
    from seqtune.runtime.backend import activate

    activate("tensorflow")
    from seqtune.export.tensorflow_forms import FORMS
    from seqtune.export.tensorflow_programs import TensorflowProgram
    from seqtune.run.predictor import Predictor
    from seqtune.runtime.onnx_network import key_of

    predictor = Predictor.open(run)
    described = {}
    for member in predictor.open_members(row):
        if member.method:
            continue
        network = Path(member.member.file).stem
        model, asked = member.network.model, read_calls(calls / f"{network}{CALLS}")
        programs = [
            TensorflowProgram(
                model, each, [call for call in asked if call.program == key_of(each.program)]
            )
            for each in programs_of(predictor, member, alone=FORMS[form].alone)
        ]
        written = FORMS[form](folder, network)
        described[network] = written.write(programs)
        answers = [answer for program in programs for answer in written.answers(program)]
        write_calls([call for call, _ in answers], calls / f"{network}{ASKED}")
        said = [Call(call.program, (), tuple(made)) for call, made in answers]
        write_calls(said, calls / f"{network}{SAID}")
    write_json(calls / DESCRIBED, described)


def main(words: Sequence[str]) -> None:
    """Act on the words of the command, and leave with one line where it fails."""
    form, run, row, folder, calls = words
    try:
        _act(form, Path(run), row, Path(folder), Path(calls))
    except SeqtuneError as error:
        sys.exit(error.message)
    except Exception as error:  # whatever a library raises on a network that it cannot hold
        lines = [line for line in str(error).splitlines() if line.strip()]
        sys.exit(f"{type(error).__name__}: {lines[0][:300] if lines else ''}".rstrip(": "))


if __name__ == "__main__":
    main(sys.argv[1:])
