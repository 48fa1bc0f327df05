"""Random tables in every combination of dialect, layout and forms read back as they were."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError

NUMBER_FORMS = {
    "plain": lambda value: f"{value:.2f}",
    "exponent": lambda value: f"{value:.8e}",
    "minus behind": lambda value: f"{abs(value):.2f}{'-' if value < 0 else ''}",
    "brackets": lambda value: f"({-value:.2f})" if value < 0 else f"{value:.2f}",
    "thousands": lambda value: f"{value:,.2f}",
    "blanks": lambda value: f"{value:,.2f}".replace(",", "\u00a0"),
    "dollars": lambda value: f"{'-' if value < 0 else ''}${abs(value):,.2f}",
    "euros": lambda value: f"{value:.2f} €",
    "percent": lambda value: f"{value:.2f}%",
    "unit": lambda value: f"{value:.2f} kWh",
}
DATE_FORMS = (
    *("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y", "%d %B %Y", "%Y-%m-%d %H:%M:%S"),
    *("%Y-%m-%dT%H:%M:%SZ", "%b %d, %Y"),
)
MISSING = ("", "NA", "-", "***", "n/a", "null", "unavailable", ".")
TITLES = ((), ("Report of the station",), ("# exported", "# by a logger"), ("Values", ""))
FOOTERS = ((), ("Total",), ("", "Source: the office"))
DAYS = np.arange("2021-03-15", "2021-05-15", dtype="datetime64[D]")


@dataclass(frozen=True)
class Written:
    """A file, and what stands in it."""

    text: bytes
    values: list[float]
    names: list[str]
    labels: list[str]
    encoding: str


@some.composite
def files(draw: Any) -> Written:
    """Draw a table and the way in which it is written."""
    separator = draw(some.sampled_from(",;\t|"))
    decimal = "," if separator != "," and draw(some.booleans()) else "."
    form = NUMBER_FORMS[draw(some.sampled_from(sorted(NUMBER_FORMS)))]
    dates = draw(some.sampled_from(DATE_FORMS))
    missing = draw(some.sampled_from(MISSING))
    rows = draw(some.integers(8, 40))
    size = draw(some.sampled_from((1.0, 1000.0, 1e6)))
    numbers = some.integers(-99_999, 99_999).map(lambda n: round(n / 99_999 * size, 2))
    values = [draw(numbers) + 0.01 for _ in range(rows)]
    holes = draw(some.sets(some.integers(2, rows - 3), max_size=rows // 10))
    labels = [
        draw(some.sampled_from(("north", "south, east", 'the "old" town', "ü;é"))) for _ in values
    ]
    names = ["day", "load", "place"]
    out = io.StringIO()
    end = draw(some.sampled_from(("\n", "\r\n", "\r")))
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    title = draw(some.sampled_from(TITLES))
    out.write("".join(line + end for line in title))
    writer.writerow(names)
    if draw(some.booleans()):
        writer.writerow(["", "MW", ""])
    for row, value in enumerate(values):
        text = missing if row in holes else form(value)
        if decimal == ",":
            text = text.translate(str.maketrans(".,", ",.")) if row not in holes else text
        day = DAYS[row].astype("datetime64[s]").item().strftime(dates)
        writer.writerow([day, text, labels[row]])
    for line in draw(some.sampled_from(FOOTERS)):
        out.write(f"{line}{separator}123{separator}{end}" if line == "Total" else line + end)
    encoding = draw(some.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")))
    try:
        text = out.getvalue().encode(encoding)
    except UnicodeEncodeError:
        encoding, text = "utf-8", out.getvalue().encode()
    known = [np.nan if row in holes else value for row, value in enumerate(values)]
    return Written(text, known, names, labels, encoding)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)  # fmt: skip
@given(written=files())
def test_a_table_in_any_dialect_reads_back(written: Written, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(written.text)
    source = read_source(path)
    assert list(source.names) == written.names
    assert source.rows == len(written.values)
    np.testing.assert_allclose(source.numbers("load"), written.values, rtol=1e-7)
    assert source.texts("place") == written.labels
    found = source.times("day") if source.kind("day") == "time" else None
    if found is not None:
        np.testing.assert_array_equal(found.astype("datetime64[D]"), DAYS[: source.rows])


BITS = some.sampled_from(
    ['"', ",", ";", "\t", "\n", "\r", "#", "1", "-", ".", "x", "Total", "2021-01-01"]
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)  # fmt: skip
@given(bits=some.lists(BITS, max_size=60))
def test_any_text_is_a_table_or_an_error_of_two_lines(bits: list[str], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("".join(bits), encoding="utf-8", newline="")
    try:
        source = read_source(path, ReadOptions())
    except DataError as error:
        assert str(path) in error.message and error.hint
        assert len(error.message) < 700 + len(str(path))
        return
    for name in source.names:
        source.kind(name)
        assert len(source.texts(name)) == source.rows
    assert (
        1
        <= source.line(source.rows - 1)
        <= 1 + "".join(bits).count("\n") + "".join(bits).count("\r")
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_is_a_row_or_left_out_with_its_number(tmp_path: Path, end: str) -> None:
    lines = ["a title", "day,load", *(f"2021-01-{n:02d},{n}" for n in range(1, 20)), "Total,190"]
    path = tmp_path / "table.csv"
    path.write_text(end.join(lines), encoding="utf-8", newline="")
    source = read_source(path)
    assert source.rows + 3 == len(lines)
    assert [note.split(" left out")[0] for note in source.notes] == [
        "line 1 above the rows",
        "line 22 at the end",
    ]
