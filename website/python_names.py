"""The reference of the Python names: every public one, by its docstring."""

from __future__ import annotations

import seqtune

SECTIONS = {
    "Fit and open": ("fit", "resume", "refit", "load"),
    "What comes back": ("Run", "Bundle"),
    "Reports": ("page", "plot"),
    "Recipes": ("Recipe",),
    "Errors": tuple(sorted(name for name in seqtune.__all__ if name.endswith(("Error", "Extra")))),
}
"""Heading to the public names below it."""

FURTHER = {
    "Flags of fit": "seqtune.workflow.options.FitOptions",
    "Text": "seqtune.tasks.generate.text_generator.TextGenerator",
    "Progress": "seqtune.progress",
    "In scikit-learn": "seqtune.sklearn",
}
"""Heading to what the public names speak of, or what is imported by itself."""


def page() -> str:
    """Return the page: a directive for each name, which the build turns into its docstring.

    Raises:
        ValueError: A public name has no place here.
    """
    placed = {name for names in SECTIONS.values() for name in names} | {"__version__"}
    if placed != set(seqtune.__all__):
        raise ValueError(f"public names without a place: {placed ^ set(seqtune.__all__)}")
    parts = [
        "# Python",
        "The names of `seqtune`. Types are checked by mypy and pyright without stubs: the package "
        "has `py.typed`. `seqtune.__version__` is the version.",
    ]
    for heading, names in SECTIONS.items():
        parts += [f"## {heading}", *(f"::: seqtune.{name}" for name in names)]
    for heading, name in FURTHER.items():
        parts += [f"## {heading}", f"::: {name}"]
    return "\n\n".join(parts) + "\n"
