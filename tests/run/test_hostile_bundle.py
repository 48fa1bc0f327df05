"""Bundles of strangers: each refusal in its words, and nothing of it left behind."""

from __future__ import annotations

import hashlib
import json
import random
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seqtune.errors import RunError, SeqtuneError
from seqtune.run import bundle_archive
from seqtune.run.bundle_archive import unfit_name, unpack
from seqtune.run.bundle_file import BundleFile

FILES = {
    "model_card.md": b"# card\n",
    "requirements.txt": b"numpy==2\n",
    "Dockerfile": b"FROM scratch\n",
    "recipe.yaml": b"task: forecast\n",
    "leaderboard.json": b"{}\n",
    "members.json": b"{}\n",
    "codec.json": b"{}\n",
    "data/panel.json": b"[1]\n",
}


def listing(files: dict[str, bytes]) -> dict[str, Any]:
    return {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    }


def record(contents: dict[str, bytes], **changed: Any) -> dict[str, Any]:
    whole = {
        "format": 1,
        "task": "forecast",
        "row": "naive",
        "data": {},
        "files": listing(contents),
    }
    return {**whole, **changed}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.zip"


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The temporary folder, in which nothing may be left, and no file beside it."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert list(place.iterdir()) == []
    assert {each.name for each in tmp_path.iterdir()} <= {"scratch", "model.zip"}


def write(path: Path, files: dict[str, bytes], manifest: Any = None) -> Path:
    """Write a zip file with a `bundle.json`."""
    manifest = record(files) if manifest is None else manifest
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        text = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        archive.writestr("bundle.json", text)
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def fault(path: Path) -> str:
    with pytest.raises(RunError) as refused:
        unpack(path)
    said = refused.value.message
    assert said.isprintable() and refused.value.hint and len(said) < 700
    return said


def test_a_good_bundle_is_unpacked_and_removed_when_nobody_uses_it(path: Path) -> None:
    bundle = BundleFile(write(path, FILES))
    assert bundle.folder.name == "model.zip"
    assert {
        each.relative_to(bundle.folder).as_posix(): each.read_bytes()
        for each in bundle.folder.rglob("*")
        if each.is_file()
    } == FILES
    assert (bundle.row, bundle.record["task"], bundle.data) == ("naive", "forecast", "")
    folder = bundle.folder
    del bundle
    assert not folder.exists()


# no zip file


def test_what_is_no_zip_file(path: Path) -> None:
    path.write_bytes(b"date,y\n2024-01-01,1\n")
    assert f"the bundle {path} is refused: it is not a zip file" in fault(path)
    path.write_bytes(b"")
    assert "it is not a zip file" in fault(path)


def test_what_is_cut_short(path: Path) -> None:
    whole = write(path, FILES).read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        path.write_bytes(whole[: int(share * len(whole))])
        assert "it is cut short" in fault(path)


# bundle.json


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (b"{", "its bundle.json is no JSON"),
        (b"\xff", "its bundle.json is no JSON"),
        (b"9" * 5_000, "its bundle.json is no JSON"),
        (b"[" * 20_000, "its bundle.json is nested too deeply"),
        (b"[]", "its bundle.json states no format"),
        (b'{"format": true}', "its bundle.json states no format"),
        (b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}", "nested too deeply"),
        (record(FILES, row=7), "its bundle.json has row: 7"),
        (record(FILES, task=None), "its bundle.json has task: "),
        (record(FILES, data=[]), "its bundle.json has data: "),
        (record(FILES, files={}), "it has a file that its bundle.json does not list: "),
    ],
)
def test_a_list_of_contents_that_is_none(path: Path, manifest: Any, said: str) -> None:
    assert said in fault(write(path, FILES, manifest))


def test_a_newer_format_says_what_to_upgrade(path: Path) -> None:
    write(path, FILES, record(FILES, format=2))
    with pytest.raises(
        RunError, match="has bundle format 2; this seqtune reads up to 1"
    ) as refused:
        unpack(path)
    assert refused.value.hint == "pip install --upgrade seqtune"


def test_a_list_of_contents_that_is_too_long(path: Path) -> None:
    write(path, FILES, b" " * (bundle_archive.MAX_MANIFEST + 1))
    assert "unpacks to" in fault(path) or "bytes" in fault(path)


# names


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "data/../../evil", "/etc/x", "data//x", "data/./x", "C:\\evil", "data\\evil",
        "..\\evil", "data/..", "data/", "models/.hidden", "models/a b.onnx", "data/x\n.npy",
        "data/a/b/c/d/e", "x.py", "bundle.json/x", "data/x.", "data/\u0430.npy",
    ],
)  # fmt: skip
def test_names_that_lead_out_of_it_or_are_none_of_a_bundle(path: Path, name: str) -> None:
    files = {**FILES, name: b"evil"}
    said = fault(write(path, files))
    leaves = ".." in name or name[0] == "/" or "\\" in name
    assert ("it has a file that lies outside it" if leaves else "that no bundle has") in said


@pytest.mark.parametrize("name", ["data/x.npy", "models/t001-step-answers-5.onnx", "data/a/b/c/d"])
def test_names_that_a_bundle_may_have(name: str) -> None:
    assert unfit_name(name) == ""


@pytest.mark.parametrize("twin", ["data/panel.json", "data/PANEL.json", "recipe.YAML"])
def test_a_file_that_is_there_twice(path: Path, twin: str) -> None:
    with pytest.warns(UserWarning) if twin in FILES else _nothing():
        write(path, FILES)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(twin, b"other")
    said = fault(path)
    assert "twice" in said or "that no bundle has" in said


def _nothing() -> Any:
    import contextlib

    return contextlib.nullcontext()


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing(path: Path, name: str) -> None:
    kept = {key: value for key, value in FILES.items() if key != name}
    assert f"it lacks the file {name}" in fault(write(path, kept, record(FILES)))


def test_a_file_too_many(path: Path) -> None:
    write(path, {**FILES, "data/more.npy": b""}, record(FILES))
    assert "it has a file that its bundle.json does not list: data/more.npy" in fault(path)


def test_too_many_files(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_archive, "MAX_FILES", 8)
    assert "it has 9 files, expected at most 8" in fault(write(path, FILES))


# what is in the file besides bytes


def member(name: str, content: bytes, mode: int = 0) -> Callable[[zipfile.ZipFile], None]:
    def add(archive: zipfile.ZipFile) -> None:
        found = zipfile.ZipInfo(name)
        found.external_attr = mode << 16
        archive.writestr(found, content)

    return add


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_links_pipes_and_devices(path: Path, mode: int) -> None:
    write(path, FILES, record({**FILES, "data/x.npy": b"/etc/passwd"}))
    with zipfile.ZipFile(path, "a") as archive:
        member("data/x.npy", b"/etc/passwd", mode | 0o777)(archive)
    assert "'data/x.npy' in it is a link or no ordinary file" in fault(path)


def test_a_packing_that_is_not_used(path: Path) -> None:
    write(path, FILES)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("data/x.npy", b"x" * 100)
    assert "packed in a way that seqtune does not use" in fault(path)


def test_an_encrypted_file(path: Path) -> None:
    content = bytearray(write(path, FILES).read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(content)
    assert "' in it is encrypted" in fault(path)


# sizes


def test_a_bomb_is_refused_before_it_is_unpacked(path: Path) -> None:
    zeros = bytes(20 * 2**20)
    write(path, {**FILES, "data/x.npy": zeros})
    assert path.stat().st_size < 100_000
    assert "'data/x.npy' in it unpacks to 20,971,520 bytes, far more than is packed" in fault(path)


def test_a_bundle_larger_than_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_archive, "MAX_BYTES", 100)
    assert "expected at most 100" in fault(write(path, FILES))


def test_a_temporary_folder_without_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = type("Usage", (), {"free": 3})
    monkeypatch.setattr(bundle_archive.shutil, "disk_usage", lambda place: full)
    write(path, FILES)
    with pytest.raises(RunError, match=r"has 3 bytes left, .* are needed") as refused:
        unpack(path)
    assert "TMPDIR=FOLDER" in refused.value.hint


def changed_list(path: Path, name: str, offset: int, value: int) -> None:
    """Change four bytes of what the list of a zip file says of a file."""
    content = bytearray(path.read_bytes())
    at = content.rindex(name.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + offset : at + offset + 4] = struct.pack("<I", value)
    path.write_bytes(content)


def test_a_size_that_lies_to_the_list(path: Path) -> None:
    changed_list(write(path, FILES), "data/panel.json", 24, 5)
    assert "data/panel.json in it has 5 bytes, its bundle.json says 4" in fault(path)


def test_a_size_that_lies_everywhere(path: Path) -> None:
    listed = record(FILES)
    listed["files"]["data/panel.json"]["bytes"] = 3
    changed_list(write(path, FILES, listed), "data/panel.json", 24, 3)
    assert "Bad CRC-32 for file 'data/panel.json'" in fault(path)


def test_files_that_claim_more_bytes_than_there_are(path: Path) -> None:
    changed_list(write(path, FILES), "data/panel.json", 20, 2**31)
    assert "its files claim more bytes than it has" in fault(path)


def test_a_checksum_that_is_wrong(path: Path) -> None:
    listed = record({**FILES, "codec.json": b"[]\n"})
    assert "the checksum of codec.json in it is wrong" in fault(write(path, FILES, listed))


def test_a_checksum_that_is_none(path: Path) -> None:
    listed = record(FILES)
    listed["files"]["codec.json"]["sha256"] = [1]
    assert "the checksum of codec.json in it is wrong" in fault(write(path, FILES, listed))


def test_a_file_that_is_also_a_folder(path: Path) -> None:
    assert "it is damaged" in fault(write(path, {**FILES, "data/a": b"", "data/a/b": b""}))


# afterwards


def test_the_networks_are_looked_at_before_anything_opens_them(path: Path) -> None:
    write(path, {**FILES, "models/t001-predict.onnx": b"\x08\x08"})
    with pytest.raises(RunError) as refused:
        BundleFile(path)
    assert f"{path}/models/t001-predict.onnx is refused: it is no ONNX" in refused.value.message


def test_a_task_that_is_no_name(path: Path) -> None:
    with pytest.raises(RunError, match=r"found the task '\.\./x'"):
        BundleFile(write(path, FILES, record(FILES, task="../x")))


def test_changed_bytes_end_in_a_refusal_or_in_the_same_files(path: Path) -> None:
    whole, chance, refusals = write(path, FILES).read_bytes(), random.Random(1), 0
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 2, 8))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        try:
            bundle = BundleFile(path)
        except SeqtuneError as error:
            assert error.message.isprintable()
            refusals += 1
            continue
        assert (bundle.folder / "codec.json").read_bytes() == FILES["codec.json"]
        bundle.close()
    assert refusals > 200
