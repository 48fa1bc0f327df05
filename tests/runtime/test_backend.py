"""Which backend is chosen, on machines and installations that are made up."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from seqtune.errors import MissingExtra, UsageError
from seqtune.progress import Event, Note
from seqtune.runtime import backend, xla
from seqtune.runtime.backend import BackendChoice, choose, computes_on_gpu, machine_for
from seqtune.runtime.devices import Machine

BUILD = "build_info = OrderedDict([('cuda_version', '12.5.1'), ('is_cuda_build', True)])"

FOR_TENSORFLOW = "pip install 'tensorflow[and-cuda]'"
FOR_JAX = "pip install 'jax[cuda12]'"


class Here:
    """What the machine has and what is installed on it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        self.packages = {"jax": "0.6", "tensorflow": "2.20"}
        self.build = BUILD
        self.plugins: list[str] = []
        patch.delenv("KERAS_BACKEND", raising=False)
        patch.setattr(backend, "installed", lambda name: self.packages.get(name))
        patch.setattr(backend, "_tensorflow_build", lambda: self.build)
        patch.setattr(backend, "entry_points", self.entry_points)
        patch.setattr(backend.ctypes.util, "find_library", lambda name: None)
        self.has_gpus()

    def entry_points(self, group: str) -> list[Path]:
        assert group == "jax_plugins"
        return [Path(name) for name in self.plugins]

    def has_gpus(self, *names: str) -> None:
        self.patch.setattr(backend, "gpus", lambda: names)
        self.patch.setattr(backend, "machine", lambda: Machine((0, 1), names, 5))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Here:
    return Here(monkeypatch)


def test_jax_where_there_is_no_gpu(here: Here) -> None:
    here.packages["nvidia-cudnn-cu12"] = "9"
    assert choose() == BackendChoice("jax", "no NVIDIA GPU; JAX trains recurrences faster on CPU")
    del here.packages["jax"]
    assert choose() == BackendChoice("tensorflow", "no NVIDIA GPU; JAX is missing")


def test_tensorflow_where_it_can_use_the_gpu(here: Here) -> None:
    here.has_gpus("0")
    here.packages["nvidia-cudnn-cu12"] = "9"
    here.plugins = ["xla_cuda12"]
    reason = "NVIDIA GPU; TensorFlow runs cuDNN's recurrences on it"
    assert choose() == BackendChoice("tensorflow", reason)


def test_jax_where_only_it_can_use_the_gpu(here: Here) -> None:
    here.has_gpus("0")
    here.plugins = ["xla_cuda12"]
    assert choose() == BackendChoice("jax", "NVIDIA GPU; only JAX can use it here")


def test_a_gpu_that_nothing_can_use_is_said(here: Here) -> None:
    here.has_gpus("0")
    warning = (
        f"TensorFlow and JAX cannot use the NVIDIA GPU as installed; {FOR_TENSORFLOW} or {FOR_JAX}"
    )
    assert choose() == BackendChoice("jax", "no installed backend can use the NVIDIA GPU", warning)
    del here.packages["jax"]
    assert choose().warning.startswith("TensorFlow cannot use the NVIDIA GPU as installed; pip")


def test_what_is_asked_for_is_taken(here: Here) -> None:
    assert choose("tensorflow") == BackendChoice("tensorflow", "as asked")
    here.patch.setenv("KERAS_BACKEND", "tensorflow")
    assert choose() == BackendChoice("tensorflow", "KERAS_BACKEND=tensorflow")
    assert choose("jax") == BackendChoice("jax", "as asked")


def test_a_backend_that_leaves_the_gpu_idle_is_taken_with_a_warning(here: Here) -> None:
    here.has_gpus("0")
    here.packages["nvidia-cudnn-cu12"] = "9"
    warning = f"JAX cannot use the NVIDIA GPU as installed; {FOR_JAX}"
    assert choose("jax") == BackendChoice("jax", "as asked", warning)
    assert choose("tensorflow") == BackendChoice("tensorflow", "as asked")


def test_what_is_unknown_or_missing_is_refused(here: Here) -> None:
    with pytest.raises(UsageError, match="unknown backend 'torch'"):
        choose("torch")
    here.packages.clear()
    with pytest.raises(MissingExtra, match="backend jax is not installed"):
        choose("jax")
    with pytest.raises(MissingExtra, match="neither jax nor tensorflow"):
        choose()


@pytest.mark.parametrize(
    ("build", "package", "able"),
    [
        (BUILD, "nvidia-cudnn-cu12", True),
        (BUILD, "nvidia-cudnn-cu11", False),
        (BUILD, "", False),
        (BUILD.replace("True", "False"), "nvidia-cudnn-cu12", False),
        ('build_info = {"is_cuda_build": True, "cuda_version": "13.0"}', "nvidia-cudnn-cu13", True),
        ("build_info = OrderedDict([('is_cuda_build', True)])", "nvidia-cudnn-cu12", False),
        ("", "nvidia-cudnn-cu12", False),
    ],
)
def test_tensorflow_needs_cuda_of_its_version(
    build: str, package: str, able: bool, here: Here
) -> None:
    here.build = build
    here.packages[package] = "9"
    assert computes_on_gpu("tensorflow") is able


def test_the_systems_own_cudnn_serves_tensorflow(here: Here) -> None:
    here.patch.setattr(
        backend.ctypes.util, "find_library", lambda name: {"cudnn": "libcudnn.so.9"}.get(name)
    )
    assert computes_on_gpu("tensorflow")


def test_jax_needs_its_plugin(here: Here) -> None:
    assert not computes_on_gpu("jax")
    here.plugins = ["tpu_plugin"]
    assert not computes_on_gpu("jax")
    here.plugins = ["tpu_plugin", "xla_cuda13"]
    assert computes_on_gpu("jax")


def test_a_machine_without_gpus_that_the_backend_cannot_use(here: Here) -> None:
    here.has_gpus("1", "0")
    here.plugins = ["xla_cuda12"]
    assert machine_for("jax") == Machine((0, 1), ("1", "0"), 5)
    assert machine_for("tensorflow") == Machine((0, 1), (), 5)


def test_how_the_installed_tensorflow_was_built_can_be_read() -> None:
    assert "is_cuda_build" in backend._tensorflow_build()


def test_a_warning_is_told_when_the_backend_is_loaded(here: Here) -> None:
    told: list[Event] = []
    here.patch.delitem(sys.modules, "keras")
    here.patch.setattr(backend, "_load_keras_without_tensorflow", lambda: None)
    for name in backend.VARIABLES:
        here.patch.delenv(name, raising=False)
    here.patch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    here.patch.setenv("KERAS_BACKEND", "auto")
    here.has_gpus("0")
    warning = choose().warning
    assert backend.activate("auto", told.append) == "jax"
    assert told == [Note(warning)]
    assert {name: os.environ[name] for name in ("KERAS_BACKEND", *backend.VARIABLES)} == {
        "KERAS_BACKEND": "jax",
        "TF_CPP_MIN_LOG_LEVEL": "0",  # what the user has set stands
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }


@pytest.mark.parametrize("is_known", [True, False])
def test_jax_is_told_to_compile_quickly_for_a_gpu(is_known: bool, here: Here) -> None:
    told: list[Event] = []
    here.patch.delitem(sys.modules, "keras")
    here.patch.setattr(backend, "_load_keras_without_tensorflow", lambda: None)
    here.patch.setattr(xla, "takes", lambda flags: is_known)
    here.patch.delenv("XLA_FLAGS")
    here.patch.setenv("JAX_PLATFORMS", "")
    here.has_gpus("0")
    here.plugins = ["xla_cuda13"]
    backend.activate("jax", told.append)
    assert os.environ["XLA_FLAGS"] == (xla.QUICKLY if is_known else "")
    slow = Note("this JAX compiles slowly for the GPU; a network may take 10 s (XLA_FLAGS)")
    assert told == ([] if is_known else [slow])


@pytest.mark.parametrize(
    ("plugins", "platforms"),
    [
        (["xla_cuda13"], "cpu"),
        (["tpu_plugin"], None),
        (["xla_cuda13", "tpu_plugin"], None),
        ([], None),
    ],
)
def test_jax_with_cuda_alone_does_not_look_for_gpus_where_none_is(
    plugins: list[str], platforms: str | None, here: Here
) -> None:
    here.patch.delitem(sys.modules, "keras")
    here.patch.setattr(backend, "_load_keras_without_tensorflow", lambda: None)
    here.patch.setenv("JAX_PLATFORMS", "to be put back")
    here.patch.delenv("JAX_PLATFORMS")
    here.patch.setenv("XLA_FLAGS", "as it was")
    here.plugins = plugins
    backend.activate("jax")
    assert (os.environ.get("JAX_PLATFORMS"), os.environ["XLA_FLAGS"]) == (platforms, "as it was")
