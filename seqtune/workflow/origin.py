"""Where the data of a run is from, and what the record of the run says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.data.reading.source import Source


@dataclass(frozen=True)
class Origin:
    """Where the data of a run is from.

    Args:
        path: The file or the address; None for a DataFrame.
        stem: Its name without endings.
        query: What is read from a database.
    """

    path: str | None
    stem: str
    query: str | None = None

    @classmethod
    def of(cls, data: str | Path | pd.DataFrame, query: str | None) -> Origin:
        """Return the origin of a file, an address or a DataFrame."""
        from seqtune.data.reading.open import name_of, stem_of_data

        return cls(name_of(data), stem_of_data(data), query)

    def record(self, source: Source, prepared: Any) -> dict[str, Any]:
        """Return the part `data` of a record, as plain JSON values.

        Args:
            source: The data.
            prepared: The same, prepared.
        """
        from seqtune.data.reading.row_sketch import sketch_of

        described = prepared.describe()
        roles = [name for columns in described.get("roles", {}).values() for name in columns]
        return {
            "path": self.path,
            "query": self.query,
            "fingerprint": source.fingerprint(),
            "rows": source.rows,
            **described,
            "sketch": sketch_of(source, roles or source.names),
        }
