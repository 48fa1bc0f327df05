"""Files that a column names: sounds, arrays, images; what is broken is named with its row."""

from __future__ import annotations

import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading import recordings
from seqtune.data.reading.recordings import are_paths, read_recordings
from seqtune.data.reading.sound import BANDS, RATE, log_mel, mel_bands, read_wav
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.errors import DataError, MissingExtra


def write_wav(
    path: Path, samples: Any, rate: int = RATE, width: int = 2, channels: int = 1
) -> Path:
    """Write samples from -1 to 1."""
    scaled = np.round(np.asarray(samples) * (2 ** (8 * width - 1) - 1)).astype(np.int64)
    content = b"".join(int(each).to_bytes(width, "little", signed=True) for each in scaled)
    if width == 1:
        content = bytes(int(each) + 128 for each in scaled)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(content)
    return path


def tone(hertz: float, seconds: float = 0.2, rate: int = RATE) -> Any:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def table(folder: Path, *paths: str) -> Source:
    rows = "".join(f"{path},word {number}\n" for number, path in enumerate(paths))
    (folder / "t.csv").write_text(f"audio,text\n{rows}", encoding="utf-8")
    return read_source(folder / "t.csv")


# sounds


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_samples_of_any_width_are_numbers_from_minus_one_to_one(tmp_path: Path, width: int) -> None:
    path = write_wav(tmp_path / "a.wav", [0.0, 0.5, -0.5, 1.0, -1.0], width=width)
    samples, rate = read_wav(path)
    assert samples == pytest.approx([0, 0.5, -0.5, 1, -1], abs=2 / 2 ** (8 * width - 1))
    assert rate == RATE


def test_several_channels_are_averaged(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", [0.5, -0.5, 0.5, 0.0], channels=2)
    assert read_wav(path)[0] == pytest.approx([0.0, 0.25], abs=1e-4)


def test_a_spectrogram_has_a_hundred_steps_a_second() -> None:
    assert log_mel(np.zeros(RATE), RATE).shape == (98, BANDS)  # the last window ends at its end
    assert log_mel(np.zeros(10), RATE).shape == (1, BANDS)
    assert log_mel(np.zeros(400 + 160), RATE).shape == (2, BANDS)
    assert (log_mel(np.zeros(800), RATE) == np.log(1e-10)).all()


def test_a_tone_is_loudest_in_the_band_around_it() -> None:
    centres = np.array([np.argmax(band) for band in mel_bands()]) * RATE / 512
    for hertz in (500, 1000, 3000):
        loudest = log_mel(tone(hertz), RATE).mean(axis=0).argmax()
        assert centres[loudest] == pytest.approx(hertz, rel=0.1)


def test_another_rate_gives_the_same_spectrogram() -> None:
    mine = log_mel(tone(700), RATE)
    other = log_mel(tone(700, rate=44_100), 44_100)
    assert other.shape == mine.shape
    loud = mine > mine.max() - 5
    assert np.abs(mine - other)[loud].max() < 0.3


# tables


def test_files_are_found_beside_the_table_and_rates_are_said(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_wav(tmp_path / "in" / "a.wav", tone(500))
    write_wav(tmp_path / "b.WAV", tone(500, rate=8_000), 8_000)
    cases, notes = read_recordings(table(tmp_path, "in/a.wav", "b.WAV", "in/a.wav"), "audio")
    assert [each.shape for each in cases] == [(18, BANDS)] * 3
    assert notes == ("1 sounds of 8,000 Hz were resampled to 16,000 Hz",)


def test_arrays_are_taken_as_they_are(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[1, 2], [3, 4]], np.int16))
    np.save(tmp_path / "b.npy", np.array([[5.5, np.nan]], ">f4"))
    cases, _ = read_recordings(table(tmp_path, "a.npy", "b.npy", " "), "audio")
    np.testing.assert_array_equal(cases[0], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(cases[1], [[5.5, np.nan]])
    assert cases[2].shape == (0, 2)
    np.save(tmp_path / "c.npy", np.arange(3.0))
    (series,), _ = read_recordings(table(tmp_path, "c.npy"), "audio")
    assert series.tolist() == [[0], [1], [2]]


def refusal(folder: Path, *paths: str) -> str:
    with pytest.raises(DataError) as fault:
        read_recordings(table(folder, *paths), "audio")
    assert fault.value.hint
    return fault.value.message


def test_a_missing_file_is_named_with_its_row(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 2)))
    message = refusal(tmp_path, "a.npy", "gone.npy", "too.npy")
    assert "t.csv:3" in message and "gone.npy" in message and "2 such files" in message


@pytest.mark.parametrize("name,content,why", [
    ("a.wav", b"", "PCM"),
    ("a.wav", b"RIFF\0\0\0\0WAVEnothing", "PCM"),
    ("a.npy", b"no array", "magic"),
    ("a.npy", b"\x93NUMPY\x01\0\x46\0{'descr': '<f8', 'fortran_order': False, 'shape': (10**9,)}"
              b"      \n", "header"),
    ("a.mp3", b"x", "not read"),
])  # fmt: skip
def test_a_broken_file_is_named_with_why(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(content)
    message = refusal(tmp_path, name)
    assert "t.csv:2" in message and name in message and why in message


def test_a_wav_file_without_a_sample_is_refused(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", [])
    assert "without a sample" in refusal(tmp_path, "a.wav")


def test_an_array_that_claims_more_than_it_has_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.npy").open("wb") as file:
        header = {"descr": "<f8", "fortran_order": False, "shape": (10**12, 8)}
        np.lib.format.write_array_header_1_0(file, header)
    assert "bytes of values" in refusal(tmp_path, "a.npy")


@pytest.mark.parametrize("array", [
    np.zeros((2, 2, 2)), np.zeros((0, 3)), np.array([[1, np.inf]]), np.array(["a"]), np.array(1.0),
])  # fmt: skip
def test_arrays_of_other_shapes_or_values_are_refused(tmp_path: Path, array: Any) -> None:
    np.save(tmp_path / "a.npy", array)
    assert "a.npy" in refusal(tmp_path, "a.npy")


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}, None]), allow_pickle=True)
    assert "expected numbers" in refusal(tmp_path, "a.npy")


def test_files_of_other_channels_are_refused(tmp_path: Path) -> None:
    for name, channels in (("a", 2), ("b", 2), ("c", 3)):
        np.save(tmp_path / f"{name}.npy", np.zeros((4, channels)))
    message = refusal(tmp_path, "a.npy", "b.npy", "c.npy")
    assert "t.csv:4" in message and "3 channels, expected 2" in message


# images


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.PNG"])
def test_an_image_is_rows_of_brightness(tmp_path: Path, name: str) -> None:
    image = pytest.importorskip("PIL.Image")
    image.fromarray(np.array([[0, 51, 255], [255, 0, 102]], np.uint8)).save(tmp_path / name)
    (pixels,), _ = read_recordings(table(tmp_path, name), "audio")
    np.testing.assert_allclose(pixels, [[0.0, 0.2, 1.0], [1.0, 0.0, 0.4]])


def test_colours_become_grey(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    image.fromarray(np.full((1, 2, 3), 255, np.uint8)).save(tmp_path / "a.png")
    (pixels,), _ = read_recordings(table(tmp_path, "a.png"), "audio")
    np.testing.assert_allclose(pixels, [[1.0, 1.0]])


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n" + bytes(30)])
def test_a_broken_image_is_named_with_its_row(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("PIL.Image")
    (tmp_path / "a.png").write_bytes(content)
    message = refusal(tmp_path, "a.png")
    assert "t.csv:2" in message and "not an image" in message


def test_an_image_of_too_many_pixels_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = pytest.importorskip("PIL.Image")
    monkeypatch.setattr(recordings, "MAX_PIXELS", 5)
    image.new("L", (3, 2)).save(tmp_path / "a.png")
    assert "3 by 2 pixels" in refusal(tmp_path, "a.png")


def test_images_need_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtra) as fault:
        read_recordings(table(tmp_path, "a.png"), "audio")
    assert fault.value.hint == "pip install 'seqtune[images]'"


# roles


def test_a_column_without_a_path_is_refused() -> None:
    with pytest.raises(DataError, match="no values"):
        read_recordings(Source.from_frame(pd.DataFrame({"audio": ["", " "]})), "audio")


def test_paths_are_told_from_texts() -> None:
    assert are_paths(["a.wav", "b.npy", "c.PNG", "", "d.wav", "e"])
    assert not are_paths(["a.wav", "b", "c"]) and not are_paths(["", " "])
