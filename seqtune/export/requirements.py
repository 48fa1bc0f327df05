"""`requirements.txt` of a bundle: the exact versions of all that predicting with it needs.

The file is complete, so that it installs with `pip install --no-deps -r requirements.txt`: without
that option, pip would add Keras and the backends, which seqtune needs to train.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version

ALWAYS = (
    *("seqtune", "numpy", "pandas", "pyarrow"),  # tables
    *("pydantic", "pyyaml", "typing-extensions"),  # recipes
    *("rich", "typer"),  # the command line
    *("starlette", "uvicorn", "httptools", "uvloop"),  # `seqtune serve`
)
"""What every bundle needs, whether or not its first prediction loaded it."""

UNNEEDED = frozenset(
    {
        *("sympy", "mpmath", "coloredlogs", "humanfriendly"),  # asked for by ONNX Runtime
        "huggingface-hub",  # by tokenizers, to download them
        *("cloudpickle", "setuptools", "pip"),  # loaded by Arrow and by Python, if they are there
    }
)
"""What a prediction does without, though something asks for it or loads it."""

OURS = "seqtune"

NAME = re.compile(r"[-_.]+")


def requirements(loaded: Collection[str]) -> tuple[str, ...]:
    """Return the lines of `requirements.txt`.

    Args:
        loaded: Names of the packages that a prediction loaded.

    Returns:
        `name==version`, seqtune first, then sorted.
    """
    by_package = packages_distributions()
    used = {name for package in loaded for name in by_package.get(package, ())}
    found = sorted(_closure({*ALWAYS, *used}), key=lambda name: (name != OURS, name))
    return tuple(f"{name}=={_version(name)}" for name in found)


def text(lines: Iterable[str]) -> str:
    """Return the whole file."""
    head = "# pip install --no-deps -r requirements.txt\n"
    return head + "".join(f"{line}\n" for line in lines)


def _closure(names: Collection[str]) -> set[str]:
    """Return installed packages with all that these require, but for what only training needs."""
    found: set[str] = set()
    waiting = [normalized(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found or name in UNNEEDED or not _version(name):
            continue
        found.add(name)
        if name != OURS:  # most of what seqtune requires trains
            waiting += _required(name)
    return found


def _required(name: str) -> list[str]:
    """Return what an installed package requires here, without its extras."""
    from packaging.requirements import Requirement

    lines = [Requirement(line) for line in requires(name) or ()]
    return [
        normalized(each.name)
        for each in lines
        if each.marker is None or each.marker.evaluate({"extra": ""})
    ]


def _version(name: str) -> str:
    """Return an installed version as an index has it; "" for none."""
    try:
        return version(name).partition("+")[0]
    except PackageNotFoundError:
        return ""


def normalized(name: str) -> str:
    """Return the name of a package as indexes write it.

    Example:
        >>> normalized("Typing_Extensions")
        'typing-extensions'
    """
    return NAME.sub("-", name).lower()
