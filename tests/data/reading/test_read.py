"""Reading files: separators, encodings, decimal marks, compression, and every way to be broken."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(content: str | bytes, name: str = "table.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return _write


@pytest.fixture
def read(write: Write) -> Callable[..., Source]:
    def _read(content: str | bytes, name: str = "table.csv", **options: Any) -> Source:
        return read_source(write(content, name), ReadOptions(**options))

    return _read


Read = Callable[..., Source]


def fault(read: Read, content: str | bytes, name: str = "table.csv", **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read(content, name, **options)
    assert caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint
    return caught.value


def test_a_plain_csv_gives_names_rows_and_no_notes(read: Read) -> None:
    source = read("month,passengers\n1949-01,112\n1949-02,118\n")
    assert source.names == ("month", "passengers")
    assert source.rows == 2
    assert source.notes == ()
    np.testing.assert_array_equal(source.numbers("passengers"), [112.0, 118.0])


def test_one_row_and_one_column_is_a_table(read: Read) -> None:
    source = read("x\n7")
    assert (source.names, source.rows) == (("x",), 1)
    np.testing.assert_array_equal(source.numbers("x"), [7.0])


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators_are_found(read: Read, mark: str) -> None:
    source = read(f"a{mark}b\n1{mark}x\n2{mark}y\n")
    assert source.names == ("a", "b")
    assert source.texts("b") == ["x", "y"]
    assert ("data.separator" in " ".join(source.notes)) == (mark != ",")


def test_the_separator_that_the_header_shares_wins_over_commas_in_numbers(read: Read) -> None:
    source = read("a;b\n1,5;2,5\n3,5;4,5\n")
    np.testing.assert_array_equal(source.numbers("b"), [2.5, 4.5])
    assert any("data.decimal" in note for note in source.notes)


def test_semicolons_win_where_commas_would_split_as_evenly(read: Read) -> None:
    source = read("1,5;2,5\n3,5;4,5\n")
    np.testing.assert_array_equal(source.numbers("column_2"), [2.5, 4.5])


def test_decimal_commas_in_a_single_column_do_not_split_it(read: Read) -> None:
    np.testing.assert_array_equal(read("v\n1,5\n2,25\n").numbers("v"), [1.5, 2.25])


def test_a_named_separator_is_obeyed(read: Read) -> None:
    assert read("a b\n1 2\n", separator="space").names == ("a", "b")
    assert read("a;b,c\n1;2,3\n", separator=",").names == ("a;b", "c")
    assert "one character" in fault(read, "a,b\n1,2\n", separator=";;").message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_found(write: Write, encoding: str) -> None:
    source = read_source(write("Größe,Ort\n1,Köln\n2,Łódź\n", encoding=encoding))
    assert source.names == ("Größe", "Ort")
    assert source.texts("Ort") == ["Köln", "Łódź"]
    announced = encoding != "utf-8-sig"
    assert ("data.encoding" in " ".join(source.notes)) == announced


def test_western_bytes_fall_back_to_cp1252_and_say_so(write: Write) -> None:
    source = read_source(write("Größe,Preis €\n1,2\n", encoding="cp1252"))
    assert source.names == ("Größe", "Preis €")
    assert source.notes == ("encoding cp1252 (guessed; --set data.encoding=... overrides)",)


def test_a_late_umlaut_is_found_in_a_file_that_begins_in_ascii(write: Write) -> None:
    content = "n,t\n" + "1,plain\n" * 200_000 + "2,Größe\n"
    source = read_source(write(content, encoding="latin-1"))
    assert source.text("t", 200_000) == "Größe"


def test_bytes_that_are_not_in_the_named_encoding_are_placed(read: Read) -> None:
    error = fault(read, b"a,b\n1,2\n3,\xff\n", encoding="utf-8")
    assert "table.csv:3: byte 10 (0xff) is not utf-8" in error.message
    border = (1 << 20) - 1
    split = fault(read, b"x" * border + b"\xc3(", encoding="utf-8")
    assert f"byte {border} (0xc3)" in split.message
    assert "encoding" in fault(read, "a\n1\n", encoding="klingon").message


def test_a_multibyte_character_on_a_block_border_is_no_fault(write: Write) -> None:
    start = "t\n" + "x" * ((1 << 20) - 3) + "ß"  # its two bytes lie in two blocks
    source = read_source(write(start + "\ny\n"))
    assert source.rows == 2
    assert source.notes == ()


@pytest.mark.parametrize(
    ("compress", "name"),
    [
        (gzip.compress, "t.csv.gz"),
        (bz2.compress, "t.csv.bz2"),
        (lzma.compress, "t.csv.xz"),
        (gzip.compress, "wrongly_named.csv"),
    ],
)
def test_compressed_files_are_told_by_their_bytes(
    read: Read, compress: Callable[[bytes], bytes], name: str
) -> None:
    source = read(compress("a,b\n1,ü\n".encode("utf-16")), name)
    assert source.texts("b") == ["ü"]


def test_zstandard_is_read(write: Write) -> None:
    import pyarrow as pa

    packed = pa.Codec("zstd").compress(b"a,b\n1,2\n", asbytes=True)
    np.testing.assert_array_equal(read_source(write(packed, "t.csv.zst")).numbers("b"), [2.0])


def test_a_damaged_gzip_is_one_error(read: Read) -> None:
    whole = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)
    assert "decompressed" in fault(read, whole[:-20], "t.csv.gz").message
    assert "decompressed" in fault(read, whole[:2] + b"\xff" * 30, "t.csv.gz").message


def test_quoted_fields_keep_separators_quotes_and_line_breaks(read: Read) -> None:
    source = read('a,b\n"x, ""y""\nz",1\nw,2\n')
    assert source.texts("a") == ['x, "y"\nz', "w"]


def test_quoted_line_breaks_survive_the_borders_of_blocks(read: Read) -> None:
    text = "\n".join(["1,2"] * 300)
    source = read("a,b\n" + f'1,"{text}"\n' * 6000)  # 7 MB, read in blocks of 4
    assert source.rows == 6000
    assert source.line(5999) == 2 + 5999 * 300


def test_lines_are_right_after_blank_lines_and_quoted_line_breaks(read: Read) -> None:
    source = read('\na,b\n1,x\n\n2,"y\nz"\n\n\n3,w\n')
    # 1 blank, 2 header, 3 first row, 4 blank, 5-6 second row, 7-8 blank, 9 third row
    assert [source.line(row) for row in range(3)] == [3, 5, 9]
    assert source.where(2).endswith("table.csv:9")


def test_lines_are_right_in_a_plain_file_and_without_a_header(read: Read) -> None:
    assert [read("a\n1\n2").line(row) for row in (0, 1)] == [2, 3]
    assert [read("1,2\n3,4\n").line(row) for row in (0, 1)] == [1, 2]
    assert [read("a,b\r1,2\r3,4\r").line(row) for row in (0, 1)] == [2, 3]


def test_a_header_with_a_line_break_in_quotes_counts_two_lines(read: Read) -> None:
    source = read('"a\nb",c\n1,2\n')
    assert source.names == ("a\nb", "c")
    assert source.line(0) == 3


def test_blank_lines_within_one_column_are_missing_and_at_its_end_nothing(read: Read) -> None:
    np.testing.assert_array_equal(read("v\n1\n\n3\n\n\n").numbers("v"), [1.0, np.nan, 3.0])


def test_a_first_line_of_numbers_is_data_and_said(read: Read) -> None:
    source = read("2020-01-01,5\n2020-01-02,6\n")
    assert source.names == ("column_1", "column_2")
    assert source.rows == 2
    assert "data.header=first_line" in source.notes[0]
    assert read("1,2\n3,4\n", header="first_line").names == ("1", "2")
    assert read("a,b\n3,4\n", header="none").rows == 2


def test_nameless_columns_get_a_name_and_a_note(read: Read) -> None:
    source = read(",value,column_3,\n0,1,2,3\n")
    assert source.names == ("column_1", "value", "column_3", "column_4")
    assert len(source.notes) == 2
    assert read("column_2,,x\n1,2,3\n").names == ("column_2", "column_2_", "x")


def test_names_lose_their_surrounding_spaces(read: Read) -> None:
    assert read("a, b\n1, 2\n").names == ("a", "b")


def test_a_header_longer_than_the_sample_is_read_whole(read: Read) -> None:
    names = [f"sensor_{number:06d}" for number in range(10_000)]
    source = read(",".join(names) + "\n" + ",".join(["1"] * 10_000) + "\n")
    assert len(source.names) == 10_000


def test_a_row_larger_than_a_block_is_read(read: Read) -> None:
    text = "x" * (9 << 20)
    assert read(f'a,b\n1,"{text}"\n2,y\n').texts("b") == [text, "y"]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a,b\n1,2\n3,4,5\n", 3, "3 fields found, 2 expected"),
        ("a,b\n1,2\n\n3\n", 4, "1 field found, 2 expected"),
        ('a,b\n1,"x\ny"\n3,4,5\n', 4, "3 fields found"),
        ('a,b\n1,2\n3,"4\n5,6,7\n', 3, "a quote"),
        ('a,b\n1,2\n"3,4\n5\n', 3, "a quote"),
    ],
)
def test_ragged_rows_and_open_quotes_are_placed(
    read: Read, content: str, line: int, words: str
) -> None:
    error = fault(read, content)
    assert f"table.csv:{line}:" in error.message
    assert words in error.message


@pytest.mark.parametrize(
    "rows",
    [
        ["ham\tone", 'ham\t"two', "spam\tthree", 'ham\tfour "five" six', "spam\tlast"],
        ["ham\tone", 'ham\t"two', "spam\tthree", 'ham\tfour"', "spam\tlast"],
        ["ham\tone", 'ham\t"never closed', "spam\tlast"],
    ],
)
def test_quotes_that_would_swallow_lines_are_text(read: Read, rows: list[str]) -> None:
    source = read("\n".join(rows) + "\n", header="none")
    assert source.rows == len(rows)
    assert source.texts("column_2") == [row.split("\t")[1] for row in rows]
    assert any("quotes are text here" in note for note in source.notes)
    assert [source.line(row) for row in range(len(rows))] == list(range(1, len(rows) + 1))


def test_cells_in_quotes_lose_them_where_other_quotes_are_text(read: Read) -> None:
    source = read('label\ttext\nham\t"said ""no"""\nham\t"two\nspam\tthree\n')
    assert source.texts("text") == ['said "no"', '"two', "three"]


def test_a_quote_closed_among_other_rows_is_an_error_if_quotes_enclose_cells_too(
    read: Read,
) -> None:
    error = fault(read, 'a\tb\n1\t"x\ty"\n2\t"z\n3\tw\n4\t"\n5\tv\n')
    assert "table.csv:3: a quote" in error.message
    assert "data.quoting=none" in error.hint


def test_column_names_used_twice_are_numbered_and_said(read: Read) -> None:
    source = read("a,b,a,a_2,a\n1,2,3,4,5\n")
    assert source.names == ("a", "b", "a_3", "a_2", "a_4")
    assert source.repeated == {"a": ("a", "a_3", "a_4")}
    (note,) = source.notes
    assert note == "column name 'a' is used 3 times (columns 1, 3 and 5): called a, a_3, a_4"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n \n", "only blank lines"),
        (b"\xef\xbb\xbf", "only blank lines"),
        (b"a,b\n", "a header and no rows: a, b"),
        (bytes(range(256)) * 4, "is not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not text"),
        (b"PK\x03\x04rest", "is damaged: it cannot be decompressed"),
        (b"a,b\n1,2\n" * 300_000 + b"3,\0\n", "table.csv:600001: a NUL byte"),
    ],
)
def test_files_that_hold_no_table_are_named_for_what_they_are(
    read: Read, content: bytes, words: str
) -> None:
    assert words in fault(read, content).message


def test_a_missing_file_gets_the_nearest_name(write: Write) -> None:
    path = write("a\n1\n", "airline.csv")
    with pytest.raises(DataError, match="does not exist") as caught:
        read_source(path.with_name("arline.csv"))
    assert str(path) in caught.value.hint
    with pytest.raises(DataError, match="does not exist") as caught:
        read_source(path.parent / "nowhere" / "x.csv")
    assert "nowhere" in caught.value.hint


def test_a_folder_is_refused_with_a_file_in_it(write: Write) -> None:
    path = write("a\n1\n", "airline.csv")
    with pytest.raises(DataError, match="is a folder") as caught:
        read_source(path.parent)
    assert "airline.csv" in caught.value.hint


def test_a_file_that_may_not_be_read_is_one_error(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a\n1\n")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pyarrow.OSFile", denied)
    with pytest.raises(DataError, match="permission denied") as caught:
        read_source(path)
    assert caught.value.hint == f"try: chmod u+r {path}"


def test_unknown_settings_are_refused(read: Read) -> None:
    assert "decimal" in fault(read, "a\n1\n", decimal=";").message
    assert "header" in fault(read, "a\n1\n", header="maybe").message
    assert "dates" in fault(read, "a\n1\n", dates="european").message


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame(
        {
            "day": pd.date_range("2020-01-01", periods=3),
            "sales": [1.5, None, 3.0],
            "count": [1, 2, 2**60],
            "shop": pd.Categorical(["a", "b", "a"]),
            "open": [True, False, True],
        }
    )
    frame.to_parquet(path)
    source = read_source(path)
    kinds = [source.kind(name) for name in source.names]
    assert kinds == ["time", "number", "integer", "text", "boolean"]
    np.testing.assert_array_equal(source.times("day"), frame["day"].to_numpy("datetime64[ns]"))
    np.testing.assert_array_equal(source.numbers("sales"), [1.5, np.nan, 3.0])
    np.testing.assert_array_equal(source.numbers("count"), [1.0, 2.0, 2.0**60])
    np.testing.assert_array_equal(source.numbers("open"), [1.0, 0.0, 1.0])
    assert source.codes("shop")[1] == ["a", "b"]
    assert source.where(1).endswith("t.parquet: row 2")


def test_a_damaged_or_empty_parquet_is_one_error(read: Read, tmp_path: Path) -> None:
    assert "not a readable Parquet" in fault(read, b"PAR1rest", "t.parquet").message
    path = tmp_path / "none.parquet"
    pd.DataFrame({"a": []}).to_parquet(path)
    with pytest.raises(DataError, match="0 rows"):
        read_source(path)


def test_json_lines_become_columns(read: Read) -> None:
    source = read('{"t":"2020-01-01","v":1.5}\n\n{"t":"2020-01-02","v":null,"x":1}\n', "t.jsonl")
    assert source.names == ("t", "v", "x")
    np.testing.assert_array_equal(source.numbers("v"), [1.5, np.nan])
    assert source.kind("t") == "time"
    assert [source.line(row) for row in (0, 1)] == [1, 3]


def test_json_lines_of_mixed_types_become_text(read: Read) -> None:
    source = read('{"v":1,"w":NaN}\n{"v":"x","w":2}\n', "t.ndjson")
    assert source.texts("v") == ["1", "x"]
    late = read('{"a":1}\n{"a":"x","b":2}\n{"c":3}\n', "t.ndjson")
    assert [late.texts(name) for name in "abc"] == [["1", "x", ""], ["", "2", ""], ["", "", "3"]]
    np.testing.assert_array_equal(source.numbers("w"), [np.nan, 2.0])


def test_compressed_json_lines_are_read(read: Read) -> None:
    source = read(gzip.compress(b'{"v":1}\n{"v":2}\n'), "t.jsonl.gz")
    np.testing.assert_array_equal(source.numbers("v"), [1.0, 2.0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"v":1}\n{"v":\n', "t.jsonl:2: not JSON"),
        ('{"v":1}\n[2]\n', "t.jsonl:2: list found, an object expected"),
        ("{}\n", "holds no values"),
    ],
)
def test_broken_json_lines_are_placed(read: Read, content: str, words: str) -> None:
    assert words in fault(read, content, "t.jsonl").message


def test_the_fingerprint_is_the_sha256_of_the_file(read: Read) -> None:
    packed = gzip.compress(b"a\n1\n")
    assert read(packed, "t.csv.gz").fingerprint() == hashlib.sha256(packed).hexdigest()
    assert read("a\n1\n").fingerprint() != read("a\n2\n").fingerprint()


def test_half_a_character_in_json_lines_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text('{"text": "a\\ud800b"}\n{"text": "\\ud83d\\ude00"}\n', encoding="utf-8")
    assert read_source(path).texts("text") == ["a\ufffdb", "\U0001f600"]


def test_half_a_character_in_a_frame_is_replaced() -> None:
    source = Source.from_frame(pd.DataFrame({"text": ["a\ud800b", None, "c"]}))
    assert source.texts("text") == ["a\ufffdb", "", "c"]
