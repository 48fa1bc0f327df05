"""What this machine has for seqtune to run on."""

from __future__ import annotations

import platform

from seqtune.errors import SeqtuneError
from seqtune.recipe.duration import seconds as parse_seconds
from seqtune.recipe.schema import SearchSection
from seqtune.registry import trackers
from seqtune.report.doctor import Cache, DoctorReport, Extra
from seqtune.runtime import backend as backends
from seqtune.runtime.devices import machine
from seqtune.runtime.program_cache import MAX_BYTES, cache_bytes, cache_folder, open_cache
from seqtune.runtime.workers import WorkerPlan, plan_workers
from seqtune.workflow.tracking import missing

PACKAGES = (
    "seqtune", "keras", "keras-tuner", "jax", "tensorflow", "numpy", "pandas", "pyarrow",
    "statsforecast",
)  # fmt: skip

EXTRAS = {
    "test": ("pytest", "what the tests need"),
    "ray": ("ray", "trials on several machines"),
    "export": ("onnxruntime", "bundles, which predict without Keras"),
    "serve": ("starlette", "answering over HTTP"),
    "optuna": ("optuna", "searches for the dashboard of Optuna"),
    "music": ("mido", "reading and writing MIDI files"),
    "images": ("pillow", "reading images that a column names"),
    "plot": ("matplotlib", "charts of a run as figures of matplotlib"),
    "excel": ("python-calamine", "reading workbooks, such as .xlsx"),
    "sql": ("sqlalchemy", "reading from databases by their address, and DuckDB files"),
}
"""Name of an extra to a package that it installs, and what it makes possible; each tracker has one
of its name besides."""


def doctor_report() -> DoctorReport:
    """Look at packages, the machine, the backend that `auto` takes; loads the backend."""
    versions = {"python": platform.python_version()}
    versions |= {name: backends.installed(name) or "missing" for name in PACKAGES}
    problems: list[str] = []
    devices: list[str] = []
    name, reason = "none", ""
    plan: WorkerPlan | None = None
    try:
        choice = backends.choose("auto")
        problems += [choice.warning] if choice.warning else []
        name, reason = backends.activate("auto"), choice.reason
        devices = backends.devices()
        usual = SearchSection()  # of a recipe that says nothing about the search
        budget = parse_seconds(usual.budget)
        plan = plan_workers(backends.machine_for(name), usual, budget, name, data_bytes=0)
    except SeqtuneError as error:
        problems.append(f"{error.message}; {error.hint}")
    if versions["tensorflow"] == "missing" and versions["jax"] != "missing":
        problems.append(
            "tensorflow is not installed: everything except --backend tensorflow works without it; "
            "pip install tensorflow"
        )
    extras = [
        Extra(extra, backends.installed(package) is not None, adds)
        for extra, (package, adds) in EXTRAS.items()
    ]
    extras += [
        Extra(name, not missing(name), f"following a search: fit --track {name}")
        for name in trackers
    ]
    folder = cache_folder()
    cache = Cache(str(folder or ""), cache_bytes(), MAX_BYTES, open_cache() is not None)
    return DoctorReport(versions, name, reason, devices, extras, problems, machine(), plan, cache)
