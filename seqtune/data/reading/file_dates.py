"""The dates in the names of files, such as `sales_2024-03.csv` and `20240105.csv`."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

DATE = re.compile(
    r"(?<!\d)((?:19|20|21)\d\d)(?:[-_./ ]?(0[1-9]|1[0-2])(?:[-_./ ]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)


@dataclass(frozen=True)
class FileDate:
    """The date in the name of a file.

    Args:
        begin: Its first instant, datetime64[D].
        unit: "day", "month" or "year".
        rest: The name without it; "" where it is nothing else.
    """

    begin: np.datetime64
    unit: str
    rest: str


def file_date(stem: str) -> FileDate | None:
    """Return the date in the name of a file; the last, if there are several. None for none.

    Args:
        stem: The name without its ending, with the folders that it is in.

    Example:
        >>> file_date("north_2024-03")
        FileDate(begin=np.datetime64('2024-03-01'), unit='month', rest='north')
    """
    for found in reversed(list(DATE.finditer(stem))):
        year, month, day = found.groups()
        try:
            begin = np.datetime64(f"{year}-{month or '01'}-{day or '01'}", "D")
        except ValueError:  # there is no 30th of February
            continue
        rest = f"{stem[: found.start()]} {stem[found.end() :]}".strip(" -_./")
        return FileDate(begin, "day" if day else "month" if month else "year", rest)
    return None
