"""Removes from an environment of a bundle what its packages bring and no prediction loads.

    venv/bin/pip install --no-deps -r requirements.txt
    venv/bin/python -m seqtune.export.slim

A third of such an environment is tests, headers, clients of networks, converters, and libraries for
other languages. No option of pip leaves them out. `pip install --force-reinstall --no-deps -r
requirements.txt` brings them back.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

SYSTEM = "--system"
"""Asks for it where Python is the machine's own, as in an image."""

UNUSED: Mapping[str, tuple[str, ...]] = {
    "numpy": ("tests", "*/tests"),
    "pandas": ("tests",),
    "pyarrow": (
        *("tests", "include", "src"),
        *("libarrow_flight*", "_flight*", "libarrow_python_flight*"),
        *("libarrow_s3*", "_s3fs*"),
        # each library is there three times, under the name that is looked for and two others
        *("libarrow_python*.so", "libarrow_python*.so.*.*"),
    ),
    "onnxruntime": (
        *("transformers", "quantization", "tools"),
        "capi/libonnxruntime.so*",  # what Python loads has all of it inside
    ),
}
"""What goes, by package."""

STILL: Mapping[str, str] = {
    "numpy": "import numpy.linalg, numpy.ma, numpy.random",
    "pandas": "import pandas",
    "pyarrow": "import pyarrow.compute, pyarrow.csv, pyarrow.dataset, pyarrow.feather, "
    "pyarrow.fs, pyarrow.json, pyarrow.orc, pyarrow.parquet",
    "onnxruntime": "import onnxruntime; onnxruntime.SessionOptions()",
}
"""What each package must be able to do without it, in a process of its own."""


def slim(site: Path) -> int:
    """Remove what no prediction loads; what a package turns out to need is put back.

    Args:
        site: The folder of packages.

    Returns:
        How many bytes it had.
    """
    return sum(_without(site, package) for package in UNUSED if (site / package).is_dir())


def _without(site: Path, package: str) -> int:
    """Remove what is unused of one package, if it still works; return how many bytes that had."""
    root = site / package
    found = sorted({path for pattern in UNUSED[package] for path in root.glob(pattern)})
    moved: list[tuple[Path, Path]] = []
    with tempfile.TemporaryDirectory(prefix=".slim-", dir=site) as aside:
        does_without = False
        try:
            for path in found:
                moved.append((path, path.rename(Path(aside, str(len(moved))))))
            does_without = _works(package)
            return sum(_bytes(place) for _, place in moved) if does_without else 0
        finally:
            for path, place in () if does_without else moved:
                place.rename(path)


def _works(package: str) -> bool:
    command = [sys.executable, "-c", STILL[package]]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _bytes(place: Path) -> int:
    files: Iterator[Path] = place.rglob("*") if place.is_dir() else iter([place])
    return sum(file.lstat().st_size for file in files if not file.is_dir())


def refusal(words: list[str]) -> str:
    """Return why an environment is left as it is; "" where it may be changed.

    Args:
        words: Of the command line.
    """
    if words not in ([], [SYSTEM]):
        return f"error: found {' '.join(words)[:100]!r}, expected nothing or {SYSTEM}"
    if find_spec("keras"):
        return (
            "error: this environment trains: it has Keras, and is left as it is\n"
            "hint: python -m venv venv && venv/bin/pip install --no-deps -r requirements.txt"
        )
    if sys.prefix == sys.base_prefix and SYSTEM not in words:
        return (
            "error: this is no virtual environment, and is left as it is\n"
            f"hint: python -m seqtune.export.slim {SYSTEM}"
        )
    return ""


def main() -> None:
    """Slim the environment that this runs in, and say by how much."""
    if reason := refusal(sys.argv[1:]):
        sys.exit(reason)
    # packages without libraries of their own may lie elsewhere than the others
    sites = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    try:
        saved = sum(slim(Path(site)) for site in sites)
    except OSError as error:
        sys.exit(f"error: {error.filename}: {error.strerror}")
    sys.stderr.write(f"removed {saved / 1e6:,.0f} MB that no prediction loads\n")


if __name__ == "__main__":
    main()
