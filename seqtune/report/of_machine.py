"""What this machine has for seqtune to run on."""

from __future__ import annotations

import os
import platform

from seqtune import backend as backends
from seqtune.errors import SeqtuneError
from seqtune.report.doctor import DoctorReport, Extra

PACKAGES = (
    "seqtune", "keras", "keras-tuner", "jax", "tensorflow", "numpy", "pandas", "pyarrow",
    "statsforecast",
)  # fmt: skip


def doctor_report() -> DoctorReport:
    """Look at packages, the backend that `auto` takes, and its devices; loads the backend."""
    versions = {"python": platform.python_version()}
    versions |= {name: backends.installed(name) or "missing" for name in PACKAGES}
    problems: list[str] = []
    devices: list[str] = []
    chosen = "none"
    try:
        chosen = backends.activate("auto")
        devices = [*backends.devices(), f"{os.cpu_count()} cores"]
    except SeqtuneError as error:
        problems.append(f"{error.message}; {error.hint}")
    reason = (
        "an NVIDIA GPU is visible"
        if backends.has_nvidia_gpu()
        else "no NVIDIA GPU; JAX trains recurrences faster on CPU"
    )
    extras = [Extra("test", backends.installed("pytest") is not None, "what the tests need")]
    return DoctorReport(versions, chosen, reason, devices, extras, problems)
