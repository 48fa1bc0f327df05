"""Compiled programs kept on disk, so that no network is compiled twice: in a search, or by a user.

JAX writes them and looks for them. They lie in the user's own cache folder, in one folder for each
processor, each set of versions and each set of flags that they were compiled for:

    <cache>/seqtune-programs/<twelve letters>/jit_step-….

Compiled programs are code. So the folder has to belong to the user, nobody else may write there, it
is never the folder of a run, which may come from a stranger, and nothing else ever tells where it
is but the variable `SEQTUNE_CACHE`: `off`, or another folder. When it has grown past `MAX_BYTES`,
what was not used for longest goes.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import platform
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

VARIABLE = "SEQTUNE_CACHE"
"""Where programs are kept: a folder, or `off`; by default the user's cache folder."""

OFF = "off"

NAME = "seqtune-programs"
"""Folder of all programs, in the user's cache folder or in the one that the variable names."""

FOLDER = "JAX_COMPILATION_CACHE_DIR"
"""Where JAX itself is told to keep programs. Where the user has set it, that folder is used."""

EVERY_PROGRAM = {
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "0",
    "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",
}
"""By default JAX keeps only what took a second to compile; a network takes smaller ones, too."""

MAX_BYTES = 1_000_000_000
"""A training step takes 50 to 300 kB, so that this holds the searches of months."""

PRUNED_TO = 0.8
"""Share of `MAX_BYTES` that is left when programs go, so that they do not go one by one."""

KEY_LETTERS = 12
"""Of the name of the folder for one processor, one set of versions and one set of flags."""

PACKAGES = ("jax", "jaxlib", "keras", "seqtune")
FLAGS = ("XLA_FLAGS", "JAX_PLATFORMS", "JAX_DISABLE_MOST_OPTIMIZATIONS")


def variables(scratch: Path | str) -> dict[str, str]:
    """Return the variables by which JAX keeps every compiled program.

    Args:
        scratch: A private folder that goes with the search, for where the user's may not be used.
    """
    if os.environ.get(FOLDER):  # the user's own, with the user's own thresholds
        return {}
    folder = open_cache()
    return variables_below(scratch) if folder is None else _kept_in(folder)


def variables_below(scratch: Path | str) -> dict[str, str]:
    """Return the same for a machine whose user is not known: programs go with the search.

    Args:
        scratch: A private folder there.
    """
    return _kept_in(Path(scratch) / "programs")


def _kept_in(folder: Path) -> dict[str, str]:
    return {FOLDER: str(folder), **EVERY_PROGRAM}


@functools.cache
def keep_programs() -> None:
    """Have JAX keep compiled programs in this process too; nothing on another backend."""
    import keras

    if keras.backend.backend() != "jax":
        return
    import jax

    if os.environ.get(FOLDER) or jax.config.jax_compilation_cache_dir:
        return
    folder = open_cache()
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="seqtune-programs-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    jax.config.update(FOLDER.lower(), str(folder))
    for name, value in EVERY_PROGRAM.items():
        jax.config.update(name.lower(), value if value == "none" else int(value))


def open_cache() -> Path | None:
    """Return the folder for programs of this processor and these versions; None for none.

    It is created where it is not there, and pruned where everything in the cache is too large.
    There is none where the user wants none, where no folder can be written, and where somebody else
    could write in it.
    """
    top = cache_folder()
    if top is None:
        return None
    folder = top / _key()
    try:
        top.parent.parent.mkdir(parents=True, exist_ok=True)
        for each in (top.parent, top, folder):  # `mkdir` gives the parents it makes another mode
            each.mkdir(exist_ok=True, mode=0o700)
            if not is_private(each):
                return None
        prune(top)
    except OSError:
        return None
    return folder


def cache_folder() -> Path | None:
    """Return the folder of all programs, there or not; None where it is switched off."""
    asked = os.environ.get(VARIABLE, "")
    if asked == OFF:
        return None
    if asked:
        return Path(asked).expanduser().absolute() / NAME
    from platformdirs import user_cache_path

    return user_cache_path("seqtune", appauthor=False) / NAME


def cache_bytes() -> int:
    """Return how many bytes all programs take."""
    return sum(size for _, size, _ in _files(cache_folder()))


def clear_cache() -> int:
    """Remove all programs; return how many bytes they took, 0 where they are left alone."""
    folder, size = cache_folder(), cache_bytes()
    if folder is None or not is_private(folder):
        return 0
    for _, _, path in list(_files(folder)):
        with suppress(OSError):
            path.unlink()
    return size - cache_bytes()


def prune(top: Path, most: int = MAX_BYTES) -> None:
    """Remove the programs that were not used for longest, where all together are too large.

    Args:
        top: The folder of all programs.
        most: Bytes that they may take.
    """
    files = sorted(_files(top))
    left = sum(size for _, size, _ in files)
    if left <= most:
        return
    for _, size, path in files:
        with suppress(OSError):  # another process was quicker
            path.unlink()
        left -= size
        if left <= PRUNED_TO * most:
            return


def is_private(folder: Path) -> bool:
    """Say whether a folder is this user's, no link, and closed to what others would write."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):  # Windows: the cache folder of a user is closed to others
        return stat.S_ISDIR(status.st_mode)
    is_own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return is_own and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _files(top: Path | None) -> Iterator[tuple[float, int, Path]]:
    """Yield when each program was last used, its bytes, and its file."""
    for path in top.glob(f"{'[0-9a-f]' * KEY_LETTERS}/*") if top is not None else ():
        with suppress(OSError):  # whatever else lies there is not ours
            status = path.lstat()
            if stat.S_ISREG(status.st_mode):
                yield max(status.st_atime, status.st_mtime), status.st_size, path


def _key() -> str:
    """Return a name for the processor, the versions and the flags that programs are made for."""
    parts = [platform.machine(), platform.python_version(), _processor()]
    parts += [f"{name}={_version(name)}" for name in PACKAGES]
    parts += [f"{name}={os.environ.get(name, '')}" for name in FLAGS]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:KEY_LETTERS]


def _processor() -> str:
    """Return what the processor can do: programs use all of it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor()
    wanted = ("model name", "flags", "Features", "CPU part")
    lines = {line for line in text.splitlines() if line.startswith(wanted)}
    return "\n".join(sorted(lines))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
