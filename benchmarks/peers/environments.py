"""Make one virtual environment per package that seqtune is compared with.

    python benchmarks/peers/environments.py FOLDER [--only darts] [--torch "torch>=2.10"]

Each lies in FOLDER/<name>, with `versions.json` of what was installed. PyTorch comes first, from
the index of its CPU builds; `--torch-index ''` takes it from where pip looks anyway (on Linux, a
build with CUDA of several GB), and `--torch` asks for a certain release.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

CPU_BUILDS = "https://download.pytorch.org/whl/cpu"


@dataclass(frozen=True)
class Environment:
    """What one environment holds.

    Args:
        requirements: What is installed, with the least release that the runners were tried with.
        torch: Whether PyTorch is installed before it.
    """

    requirements: tuple[str, ...]
    torch: bool = True


ENVIRONMENTS = {
    "neuralforecast": Environment(("neuralforecast>=3.1",)),
    "autogluon": Environment(("autogluon.timeseries>=1.5",)),
    "darts": Environment(("darts[torch]>=0.41",)),
    "statsforecast": Environment(("statsforecast>=2.0.1",), torch=False),
    "tsb_ad": Environment(("TSB-AD>=1.5", "numba", "statsmodels")),
}
REPORTED = {
    "neuralforecast": ("neuralforecast", "torch"),
    "autogluon": ("autogluon-timeseries", "torch"),
    "darts": ("darts", "torch"),
    "statsforecast": ("statsforecast",),
    "tsb_ad": ("tsb-ad", "scikit-learn", "torch"),
}
"""The packages of each environment whose versions stand in the table."""


def main() -> None:
    """Make the environments that are absent, and print the versions of all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=ENVIRONMENTS, default=list(ENVIRONMENTS))
    parser.add_argument("--torch", default="torch>=2.10", help="a requirement")
    parser.add_argument("--torch-index", default=CPU_BUILDS, help="an index of its own for it")
    chosen = parser.parse_args()
    for name in chosen.only:
        place = chosen.folder / name
        if not (place / "versions.json").exists():
            make(place, ENVIRONMENTS[name], chosen.torch, chosen.torch_index)
        held = versions(place)
        print(name, *(f"{each} {held[each]}" for each in REPORTED[name]), flush=True)


def make(place: Path, environment: Environment, torch: str, index: str) -> None:
    """Make one environment, and leave its versions in it.

    Args:
        place: Its folder; what lies there is replaced.
        environment: What it holds.
        torch: The requirement for PyTorch.
        index: Where PyTorch is taken from; where pip looks anyway if empty.
    """
    venv.create(place, clear=True, with_pip=True)
    if environment.torch:
        pip(place, "install", torch, *(["--index-url", index] if index else []))
    pip(place, "install", *environment.requirements)
    installed = json.loads(pip(place, "list", "--format", "json", capture=True))
    found = {canonical(package["name"]): package["version"] for package in installed}
    text = json.dumps({"python": sys.version.split()[0], **found}, indent=1)
    (place / "versions.json").write_text(text + "\n")


def canonical(name: str) -> str:
    """Return a distribution's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pip(place: Path, *arguments: str, capture: bool = False) -> str:
    """Run an environment's own pip, and return what it printed if that is captured."""
    command = [str(interpreter(place)), "-m", "pip", *arguments]
    output = subprocess.PIPE if capture else None
    done = subprocess.run(command, check=False, text=True, stdout=output)
    if done.returncode:
        hint = "where an index cannot be reached, try --torch-index ''"
        sys.exit(f"error: pip {' '.join(arguments)} failed\nhint: {hint}")
    return done.stdout or ""


def interpreter(place: Path) -> Path:
    """Return the Python of an environment."""
    return place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def versions(place: Path) -> dict[str, str]:
    """Return the versions that an environment was made with, by each package's canonical name."""
    held: dict[str, str] = json.loads((place / "versions.json").read_text())
    return held


if __name__ == "__main__":
    main()
