"""Small good inputs of every form that is read, from which fuzzing begins."""

from __future__ import annotations

import bz2
import datetime
import gzip
import io
import lzma
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import feather, orc, parquet

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.panel import PanelRoles
from seqtune.data.panel.split import Split, save_split
from seqtune.data.panel.store import save_panel
from seqtune.data.ragged import Ragged
from seqtune.data.reading.source import Source
from seqtune.recipe import catalogue

CSV = (
    "month,passengers\n1949-01,112\n1949-02,118\n1949-03,132\n1949-04,129\n",
    "shop;day;sold;price\na;01.02.2020;1,5;2\na;02.02.2020;2,5;\nb;01.02.2020;NA;3\n",
    "a\tb\tc\n1\t2\t3\n4\t5\t6\n",
    "text,label\n\"good, film\",pos\n\"bad\n film\",neg\n\"a \"\"b\"\"\",pos\n",
    "Title of it\nUnit: MW\n\ntime,load\n2020-01-01 00:00,1.5\n2020-01-01 01:00,2.5\nTotal,4\n",
    "# comment\nx y z\n1 2 3\n4 5 6\n7 8 9\n",
    "id,2020-01,2020-02,2020-03\na,1,2,3\nb,4,5,6\n",
    "1\n2\n3\n\n5\n",
    "day,hour,v\n20200101,0,1e3\n20200101,1,-2\n20200102,0,inf\n",
    "t,ok,v\n1577836800,true,1.234.567\n1577840400,false,12 %\n1577844000,yes,€ 3\n",
    "1,5\n2,5\n3,5\n",
    "a,a,,b\n1,2,3,4\n5,6,7,8\n",
    "v,t\n1,2020-01-01T00:00:00+02:00\n2,2020-03-29T02:30:00Z\n3,31/12/2020 11:59 PM\n",
    "Jan 2020|Feb 2020\n1|2\n",
    "values\n1 2 3\n4 5\n",
)  # fmt: skip
JSON = (
    '{"time": "2020-01-01", "value": 2}\n{"time": "2020-01-02", "value": 3.5}\n',
    '[{"a": 1, "b": "x"}, {"a": null, "b": "y\\u00e9"}]',
    '{\n "a": {"b": 1, "c": [1, 2]}\n}\n{\n "a": {"b": 2, "c": []}\n}\n',
    '{"a": true, "b": 1e300}\n{"a": "x", "c": {"d": {"e": 1}}}\n',
    '{"a": {"0": 1, "1": 2}, "b": {"0": 3, "1": 4}}',
)
CONLL = (
    "a\tX\nb\tO\n\nc\tO\n",
    "# id 1\nEU NNP B-ORG\nrejects VBZ O\n\n# id 2\n-DOCSTART- -X- O\n. . O\n",
    "# global.columns = ID FORM UPOS\n1-2\tab\t_\n1\ta\tX\n2\tb\tY\n2.1\tc\t_\n",
    "Token\tLabel\r\na\tO\r\n\r\n",
)
SPANS = (
    '{"tokens": ["a", "b"], "tags": ["X", "O"], "id": 1}\n{"tokens": [], "tags": []}\n',
    '[{"text": "To New York!", "spans": [[3, 11, "LOC"]]},\n {"text": "no", "spans": []}]',
    '{"text": "Al", "entities": [{"start": 0, "end": 2, "label": "PER"}]}\r\n',
)
VECTORS = (
    "good 0.1 -2 3e-4\nfilm 1 2 3\nnew york 1 2 3\n",
    "2 3\ngood 1 2 3\nFilm\t4 5 6\n",
    "\u00e9 1.5 2\nGood 1 2\n",
)
ABC = (
    'X:1\nM:3/4\nL:1/8\nK:Gm\n|: "Gm"G2 (3ABc d>e | [GBd]4 z2 :|\n',
    "X:1\nK:C\nV:1\nC D/ E//\nV:2\nC,4 ^F,-F, | _B =B\n\nX:2\nL:1/4\nK:D dorian\n{g}f z Z2 f'\n",
)
NOTE_LISTS = (
    '{"train": [[[60, 64], []]], "valid": [[[62]]], "test": [[[0, 127]]]}',
    "[[[60], [62, 48]], [[64]]]",
    "[[60, 64, 67], [60, 65], []]",
)


def midi_files() -> list[bytes]:
    """Return MIDI files of one track and of two, with a running status and a tempo."""
    on, off, end = b"\x00\x90\x3c\x40", b"\x60\x80\x3c\x40", b"\x00\xff\x2f\x00"
    tracks = on + off + end, b"\x00\xff\x51\x03\x07\xa1\x20" + on + b"\x81\x40\x3c\x00" + end
    chunks = [b"MTrk" + struct.pack(">I", len(each)) + each for each in tracks]
    heads = [b"MThd" + struct.pack(">IHHH", 6, kind, kind + 1, 96) for kind in (0, 1)]
    return [heads[0] + chunks[0], heads[0] + chunks[1], heads[1] + chunks[0] + chunks[1]]


def tables() -> list[bytes]:
    """Return delimited files in several encodings."""
    plain = [text.encode() for text in CSV]
    ends = [plain[0].replace(b"\n", b"\r\n"), plain[1].replace(b"\n", b"\r")]
    coded = [CSV[9].encode("utf-16"), CSV[9].encode("cp1252"), b"\xef\xbb\xbf" + plain[1]]
    return [*plain, *ends, *coded, *(text + bytes([0xF0 + n]) for n, text in enumerate(plain[:8]))]


def typed() -> pa.Table:
    """Return a table with columns of several types."""
    day = datetime.datetime(2020, 1, 1)
    return pa.table(
        {
            "t": pa.array([day, day, None], pa.timestamp("ms")),
            "v": [1.5, None, 2.0],
            "n": [1, 2, 3],
            "s": pa.array(["a", "b", "a"]).dictionary_encode(),
            "f": [True, False, None],
            "o": [{"x": 1, "y": "z"}, {"x": 2, "y": "w"}, None],
            "l": [[1, 2], [], None],
        }
    )


def column_files() -> Iterator[bytes]:
    """Yield Parquet, Feather, Arrow stream and ORC files."""
    flat = typed().select(["t", "v", "n", "f"])
    for table in (typed(), flat):
        for kind in ("none", "snappy"):
            file = io.BytesIO()
            parquet.write_table(table, file, compression=kind)
            yield file.getvalue()
        for kind in ("uncompressed", "lz4"):
            file = io.BytesIO()
            feather.write_feather(table, file, compression=kind)
            yield file.getvalue()
    file = io.BytesIO()
    orc.write_table(flat, file)
    yield file.getvalue()


def hdf5_files() -> Iterator[bytes]:
    """Yield HDF5 files of a matrix, of records, and of columns."""
    records = np.array([(1, 2.5, b"a"), (2, 3.5, b"b")], [("t", "i4"), ("v", "f8"), ("s", "S3")])
    contents: list[dict[str, Any]] = [
        {"m": np.arange(6.0).reshape(3, 2)},
        {"g/r": records},
        {"a": np.arange(3), "b": np.array([b"x", b"y", b"z"])},
    ]
    for content in contents:
        file = io.BytesIO()
        with h5py.File(file, "w") as opened:
            for name, values in content.items():
                opened.create_dataset(name, data=values)
        yield file.getvalue()
    file = io.BytesIO()
    with h5py.File(file, "w", libver="latest") as opened:
        opened.create_dataset("c", data=np.arange(20.0), chunks=(5,), compression="gzip")
    yield file.getvalue()


def workbooks(folder: Path) -> Iterator[bytes]:
    """Yield a workbook with numbers, texts and dates, and each part of it with its name before."""
    frame = typed().select(["t", "v", "n", "f"]).to_pandas()
    path = folder / "workbook.xlsx"
    frame.to_excel(path, index=False, engine="openpyxl")
    yield path.read_bytes()
    with zipfile.ZipFile(path) as whole:
        for name in whole.namelist():
            yield name.encode() + b"\n" + whole.read(name)


def packed_files() -> Iterator[bytes]:
    """Yield a small CSV in every compression, and archives with it."""
    text = CSV[0].encode()
    yield from (gzip.compress(text, mtime=0), bz2.compress(text), lzma.compress(text))
    yield pa.Codec("zstd").compress(text, asbytes=True)
    for members in ({"a.csv": text}, {"a.csv": text, "b/c.csv": text}, {"a.jsonl": JSON[0]}):
        for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w", kind) as archive:
                for name, content in members.items():
                    archive.writestr(name, content)
            yield file.getvalue()


def databases(folder: Path) -> Iterator[bytes]:
    """Yield a small SQLite file."""
    path = folder / "seed.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size=512")
    connection.execute("CREATE TABLE sales (day TEXT, sold REAL, n INTEGER, b BLOB)")
    rows = [("2020-01-01", 1.5, 2, b"x"), ("2020-01-02", None, 2**40, None)]
    connection.executemany("INSERT INTO sales VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    yield path.read_bytes()


def recipes() -> Iterator[bytes]:
    """Yield the beginnings of the shipped recipes, and short ones with many forms of a value."""
    for name in catalogue.names():
        text = catalogue.path(name).read_text(encoding="utf-8")
        values = [line for line in text.split("\n") if line.strip() and "#" not in line]
        yield "\n".join(values)[:400].rpartition("\n")[0].encode()
    yield b"task: forecast\nhorizon: 7\nsearch: {trials: 3, budget: 10m}\n"
    yield b"task: forecast\nnetwork:\n  units: [16, 32]\n  cell: {choices: [gru, lstm]}\n"
    yield b"task: classify\ntraining:\n  learning_rate: {low: 1e-4, high: 1e-2, log: true}\n"
    yield b"a: &a [1, 2]\nb: *a\ntask: anomaly\nseed: 0x10\nnetwork: !!map {units: !!int '3'}\n"
    yield b"task: generate\nportfolio:\n- network.units: 8\n  network.cell: gru\n"


def write_arrays(folder: Path) -> None:
    """Write good arrays of a run folder, for the target `arrays`."""
    folder.mkdir(exist_ok=True, parents=True)
    frame = pd.DataFrame(
        {
            "id": ["a", "a", "a", "b"], "t": [0, 1, 3, 1], "y": [1.0, 2.0, 4.0, 5.0],
            "x": [1, 2, 3, 4], "f": [4, 5, 6, 7], "s": ["u", "u", "u", "v"],
        }
    )  # fmt: skip
    roles = PanelRoles(("y",), "t", "id", past=("x",), future=("f",), static=("s",))
    panel = build_panel(Source.from_frame(frame), roles)
    save_panel(panel, folder)
    begin, end = panel.offsets[:-1], panel.offsets[1:]
    save_split(Split(begin, begin + 1, begin + 1, end), folder)
    offsets = np.array([0, 2, 3])
    Ragged(np.array([1, 2, 3], np.int32), offsets).save(folder, "tokens")
    Ragged(np.arange(6.0).reshape(3, 2), offsets).save(folder, "channels")
    np.save(folder / "baseline_naive_test.npy", np.arange(6.0).reshape(1, 2, 3))


def weights() -> Iterator[bytes]:
    """Yield HDF5 files with the weights of a small network, and one in the archive around it."""
    for version in ("earliest", "latest"):
        file = io.BytesIO()
        with h5py.File(file, "w", libver=version) as opened:
            for layer in ("gru", "dense"):
                opened[f"layers/{layer}/vars/0"] = np.ones((2, 3), np.float32)
            opened["layers/dense/vars/1"] = np.zeros(3, np.float32)
            opened["layers/dense"].attrs["name"] = "dense"
        yield file.getvalue()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", file.getvalue())
    yield whole.getvalue()


def files_below(folder: Path, *endings: str) -> Iterator[bytes]:
    """Yield each file below a folder, its name before it."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in endings:
            name = path.relative_to(folder).as_posix().encode()
            yield name + b"\n" + path.read_bytes()


def _encoded(texts: tuple[str, ...]) -> list[bytes]:
    return [text.encode() for text in texts]


def seeds(target: str, folder: Path) -> list[bytes]:
    """Return good inputs of a target.

    Args:
        target: Its name in `fuzz_targets.TARGETS`.
        folder: Where a run folder of each task lies, below `runs`, and where files are written.
    """
    write_arrays(folder / "arrays")
    made: dict[str, Callable[[], Any]] = {
        **dict.fromkeys(("dialect", "delimited", "cells", "roles"), tables),
        "json": lambda: _encoded(JSON),
        "conll": lambda: _encoded(CONLL),
        "spans": lambda: _encoded(SPANS),
        "text": lambda: [*tables(), "Es war einmal. \u00dcber\n".encode("cp1252")],
        "columns": column_files,
        "hdf5": hdf5_files,
        "workbook": lambda: workbooks(folder),
        "packed": packed_files,
        "database": lambda: databases(folder),
        "arrays": lambda: files_below(folder / "arrays", ".npy", ".json"),
        "weights": weights,
        "recipe": recipes,
        "vectors": lambda: [*_encoded(VECTORS), gzip.compress(VECTORS[0].encode(), mtime=0)],
        "midi": midi_files,
        "abc": lambda: _encoded(ABC),
        "note_lists": lambda: _encoded(NOTE_LISTS),
        "run": lambda: files_below(folder / "runs", ".json", ".jsonl"),
    }
    return list(made[target]())
