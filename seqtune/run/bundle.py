"""An open bundle: a row of a leaderboard, which predicts without its run and without Keras."""

from __future__ import annotations

from pathlib import Path

from seqtune.run.bundle_file import BundleFile
from seqtune.run.fitted import Fitted


class Bundle(Fitted):
    """A bundle that was opened.

    Args:
        path: What `export` wrote.

    Attributes:
        path: The file.
        folder: Where it is unpacked for as long as it is used.
        record: What `bundle.json` says of it.
        notes: What was guessed and repaired while new rows were read.
        evaluation: What the last `evaluate` came to.
        listener: Hears how far a prediction is.

    Raises:
        RunError: It is no bundle, is damaged, has a newer format, or is not safe to open.

    Example:
        >>> bundle = seqtune.load("airline.zip")
        >>> bundle.predict().head()
    """

    def __init__(self, path: str | Path) -> None:
        file = BundleFile(Path(path))
        super().__init__(file.path, file.folder, file.record)
        self.file, self.only = file, file.row

    def __repr__(self) -> str:
        return f"Bundle({str(self.path)!r}, {self.record['task']}, {self.only})"

    @property
    def card(self) -> str:
        """The model card, in Markdown."""
        return (self.folder / "model_card.md").read_text(encoding="utf-8")
