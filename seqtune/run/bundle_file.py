"""A bundle, unpacked for as long as somebody uses it."""

from __future__ import annotations

import shutil
import weakref
from functools import cached_property
from pathlib import Path

from seqtune.recipe.load import Recipe
from seqtune.run.bundle_archive import refused, unpack
from seqtune.run.onnx_check import check_onnx
from seqtune.search.recorded import shown


class BundleFile:
    """The file of a bundle, and the temporary folder that it was unpacked to.

    The folder is removed when the last user of this value is gone, or the process ends: arrays in
    it are mapped into memory, and read when they are needed.

    Args:
        path: The file.

    Attributes:
        path: The file.
        folder: The folder.
        record: The values of `bundle.json`.

    Raises:
        RunError: It is no bundle, is damaged, has a newer format, or is not safe to open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        root, self.folder, self.record = unpack(path)
        self._end = weakref.finalize(self, shutil.rmtree, root, ignore_errors=True)
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the folder now."""
        self._end()

    @property
    def row(self) -> str:
        """The one row of the leaderboard that it holds."""
        return str(self.record["row"])

    @property
    def data(self) -> str:
        """Name of the file that the models were fitted on; empty where that is not known."""
        return str(self.record["data"].get("path") or "")

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe, every value filled in."""
        return Recipe.load(self.folder / "recipe.yaml", self.record["task"])

    def _check(self) -> None:
        """Refuse what is not safe to open, before anything of it is."""
        task = self.record["task"]
        if not task.isidentifier():
            raise refused(self.path, f"found the task {shown(task)}")
        for file in sorted(self.folder.rglob("*.onnx")):
            check_onnx(file.read_bytes(), self.path / file.relative_to(self.folder))
