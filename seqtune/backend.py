"""Choosing and setting up the Keras backend: the one place that knows devices and threads.

`auto` takes TensorFlow where there is an NVIDIA GPU (its recurrences run cuDNN's fused kernels)
and JAX elsewhere (it trains recurrences faster on CPU and starts sooner).
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from seqtune.errors import MissingExtra, UsageError, unknown
from seqtune.progress import Listener, Note, silent

BACKENDS = ("tensorflow", "jax")


def activate(choice: str = "auto", listener: Listener = silent) -> str:
    """Make Keras use a backend; call it before anything imports Keras.

    Args:
        choice: "auto", "tensorflow" or "jax". With "auto", the environment variable
            `KERAS_BACKEND` decides where it is set.
        listener: Hears of a choice that cannot be followed because Keras is loaded already.

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
    name = choose(choice)
    os.environ["KERAS_BACKEND"] = name
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    if name != "tensorflow":
        _load_keras_without_tensorflow()
    return name


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


def choose(choice: str) -> str:
    """Return the backend that `choice` means on this machine, without loading it."""
    asked = os.environ.get("KERAS_BACKEND", "auto") if choice == "auto" else choice
    if asked == "auto":
        asked = "tensorflow" if has_nvidia_gpu() else "jax"
    if asked not in BACKENDS:
        raise UsageError(unknown("backend", asked, BACKENDS), "--backend jax")
    if installed(asked) is None:
        raise MissingExtra(f"backend {asked} is not installed", f"pip install {asked}")
    return asked


def has_nvidia_gpu() -> bool:
    """Say whether an NVIDIA device is visible to this process."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and Path("/dev/nvidia0").exists()


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
