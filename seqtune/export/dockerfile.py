"""`Dockerfile` of a bundle: a small image that serves it, as a user without rights."""

from __future__ import annotations

import platform
import re
from pathlib import Path

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""A name of a file that means the same in any line of a Dockerfile."""

TEMPLATE = Path(__file__).with_name("Dockerfile.template")


def dockerfile(bundle: str) -> str:
    """Return the text of the file.

    Args:
        bundle: Name of the bundle's file.
    """
    python = ".".join(platform.python_version_tuple()[:2])
    text = TEMPLATE.read_text(encoding="utf-8")
    return text.replace("@BUNDLE@", plain_name(bundle)).replace("@PYTHON@", python)


def plain_name(bundle: str) -> str:
    """Return the name of a file as commands may have it: another one where it is not plain."""
    return bundle if PLAIN.fullmatch(bundle) else "bundle.zip"
