"""Choosing and setting up the Keras backend: the one place that knows what each can compute on.

`auto` takes TensorFlow where there is an NVIDIA GPU that it can use (its recurrences run cuDNN's
fused kernels) and JAX elsewhere (it trains recurrences faster on CPU and starts sooner).
"""

from __future__ import annotations

import ctypes.util
import os
import re
import sys
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path

from seqtune.errors import MissingExtra, UsageError, unknown
from seqtune.progress import Listener, Note, silent
from seqtune.runtime.devices import Machine, gpus, machine
from seqtune.runtime.stderr_filter import filtered_stderr
from seqtune.runtime.xla import FLAGS, compile_quickly_for_gpus

BACKENDS = ("tensorflow", "jax")
PROPER_NAMES = {"tensorflow": "TensorFlow", "jax": "JAX"}
GPU_PACKAGES = {"tensorflow": "tensorflow[and-cuda]", "jax": "jax[cuda12]"}
"""What to install for a backend to compute on NVIDIA GPUs."""

JAX_PLUGINS = "jax_plugins"
"""What packages name themselves by that let JAX compute on something else than CPUs."""

VARIABLES = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}
"""Variables set before a backend is loaded, unless the user has set them: to log warnings at most,
to round as other machines do, and to take GPU memory only as it is needed."""


@dataclass(frozen=True)
class BackendChoice:
    """A backend that is to be loaded.

    Args:
        name: "tensorflow" or "jax".
        reason: Why that one.
        warning: What is lost with it, and how to mend that; empty where nothing is.
    """

    name: str
    reason: str
    warning: str = ""


def activate(choice: str = "auto", listener: Listener = silent) -> str:
    """Make Keras use a backend; call it before anything imports Keras.

    Args:
        choice: "auto", "tensorflow" or "jax". With "auto", the environment variable
            `KERAS_BACKEND` decides where it is set.
        listener: Hears of a choice that cannot be followed because Keras is loaded already, of a
            GPU that the backend cannot use, and of a JAX that compiles slowly for it.

    Returns:
        The name of the backend in use.

    Raises:
        UsageError: The choice is not a backend that seqtune runs on.
        MissingExtra: The backend's package is not installed.
    """
    if "keras" in sys.modules:
        import keras

        active = str(keras.backend.backend())
        if choice not in ("auto", active):
            listener(Note(f"Keras already runs on {active}; backend {choice} is not loaded"))
        return active
    chosen = choose(choice)
    if chosen.warning:
        listener(Note(chosen.warning))
    os.environ["KERAS_BACKEND"] = chosen.name
    for variable, value in VARIABLES.items():
        os.environ.setdefault(variable, value)
    if chosen.name == "jax" and computes_on_gpu("jax"):
        _tell_jax_of_gpus(listener)
    if chosen.name == "tensorflow":
        _load_keras_with_tensorflow()
    else:
        _load_keras_without_tensorflow()
    return chosen.name


def _tell_jax_of_gpus(listener: Listener) -> None:
    """Have a JAX with CUDA compile quickly, or not look for GPUs: it complains where none is."""
    if not has_nvidia_gpu():
        if all("cuda" in plugin.name for plugin in entry_points(group=JAX_PLUGINS)):
            os.environ.setdefault("JAX_PLATFORMS", "cpu")
    elif not compile_quickly_for_gpus():
        listener(Note(f"this JAX compiles slowly for the GPU; a network may take 10 s ({FLAGS})"))


def _load_keras_with_tensorflow() -> None:
    """Import Keras and TensorFlow without the log lines that no variable keeps away.

    Dropped are what is no warning, the warning that logging begins too early, and that CUDA does
    not start where there is no GPU for it. Errors come through.
    """
    dropped = [r"^I\d{4} ", r"^WARNING: All log messages before absl::InitializeLog"]
    if not has_nvidia_gpu():
        dropped.append(r"^E\d{4} .*failed call to cuInit")
    with filtered_stderr("|".join(dropped)):
        import keras  # noqa: F401
        import tensorflow

        tensorflow.config.list_physical_devices()


def _load_keras_without_tensorflow() -> None:
    """Import Keras so that it does not import TensorFlow later on.

    On another backend Keras still imports an installed TensorFlow, for one `isinstance` check when
    a model is saved: 2 to 5 seconds and 300 MB for nothing. Keras looks once whether TensorFlow is
    there, and is made to look while it is hidden.
    """
    if "tensorflow" in sys.modules:
        return
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    try:
        import keras

        keras.saving.serialize_keras_object(keras.layers.Identity())
    finally:
        del sys.modules["tensorflow"]


def choose(choice: str = "auto") -> BackendChoice:
    """Return the backend that a choice means on this machine, without loading it.

    Args:
        choice: "auto", "tensorflow" or "jax"; see `activate`.

    Raises:
        UsageError: The choice is not a backend that seqtune runs on.
        MissingExtra: The backend's package is not installed.
    """
    by_environment = os.environ.get("KERAS_BACKEND", "auto")
    asked = by_environment if choice == "auto" else choice
    if asked == "auto":
        return _choose_by_device()
    if asked not in BACKENDS:
        raise UsageError(unknown("backend", asked, BACKENDS), "--backend jax")
    if installed(asked) is None:
        raise MissingExtra(f"backend {asked} is not installed", f"pip install {asked}")
    reason = "as asked" if choice == asked else f"KERAS_BACKEND={asked}"
    is_idle = not computes_on_gpu(asked) and has_nvidia_gpu()  # the driver is slow to answer
    return BackendChoice(asked, reason, _without_gpu(asked) if is_idle else "")


def _choose_by_device() -> BackendChoice:
    """Return the faster backend for the device at hand, of those that are installed."""
    there = [name for name in BACKENDS if installed(name) is not None]
    if not there:
        raise MissingExtra("neither jax nor tensorflow is installed", "pip install jax")
    on_cpu = "jax" if "jax" in there else "tensorflow"
    if not has_nvidia_gpu():
        faster = "JAX trains recurrences faster on CPU" if on_cpu == "jax" else "JAX is missing"
        return BackendChoice(on_cpu, f"no NVIDIA GPU; {faster}")
    able = [name for name in there if computes_on_gpu(name)]
    if not able:
        return BackendChoice(
            on_cpu, "no installed backend can use the NVIDIA GPU", _without_gpu(*there)
        )
    if able[0] == "tensorflow":
        return BackendChoice("tensorflow", "NVIDIA GPU; TensorFlow runs cuDNN's recurrences on it")
    return BackendChoice("jax", "NVIDIA GPU; only JAX can use it here")


def _without_gpu(*names: str) -> str:
    """Say that backends leave the GPU idle, and what mends it."""
    who = " and ".join(PROPER_NAMES[name] for name in names)
    cure = " or ".join(f"pip install '{GPU_PACKAGES[name]}'" for name in names)
    return f"{who} cannot use the NVIDIA GPU as installed; {cure}"


def has_nvidia_gpu() -> bool:
    """Say whether an NVIDIA device is visible to this process."""
    return bool(gpus())


def computes_on_gpu(name: str) -> bool:
    """Say whether a backend, as installed, can compute on NVIDIA GPUs; does not load it."""
    if name == "jax":
        return any("cuda" in plugin.name for plugin in entry_points(group=JAX_PLUGINS))
    build = _tensorflow_build()
    major = re.search(r"cuda_version\W+(\d+)", build)
    if not re.search(r"is_cuda_build\W+True", build) or not major:
        return False
    return bool(installed(f"nvidia-cudnn-cu{major[1]}") or ctypes.util.find_library("cudnn"))


def _tensorflow_build() -> str:
    """Return the source text in which TensorFlow notes how it was built; "" if there is none."""
    spec = find_spec("tensorflow")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / "python" / "platform" / "build_info.py"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


def machine_for(name: str) -> Machine:
    """Return what a backend, as installed, can use of this machine."""
    found = machine()
    return found if computes_on_gpu(name) else replace(found, gpus=())


def installed(package: str) -> str | None:
    """Return the installed version of a package without importing it, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def devices() -> list[str]:
    """Name the devices that the active backend computes on; loads the backend."""
    import keras

    return [str(device) for device in keras.distribution.list_devices()]
