"""Character error of transcripts: strings of digits, joined from recordings of single ones.

    python benchmarks/transcripts.py FOLDER --budget 5m
    python benchmarks/transcripts.py --tones --budget 90s

FOLDER holds wav files whose names begin with the digit that is spoken (`7_anna_12.wav`). Strings of
one to seven digits are joined from them, with pauses of up to a fifth of a second. No recording is
in both the training and the test strings. With `--tones` a digit is a pair of tones, as telephones
have them, at a random loudness in noise.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from _command import run

from seqtune.data.reading.sound import read_wav

RATE = 8_000
LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477)
KEYS = "123456789*0#"
Samples = npt.NDArray[np.float64]
Spoken = Mapping[str, Sequence[Samples]]


def main() -> None:
    """Make both sets of strings, fit on one, evaluate on the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--tones", action="store_true")
    parser.add_argument("--strings", type=int, default=2_000, help="strings to train on")
    parser.add_argument("--budget", default="5m")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    if chosen.tones == bool(chosen.folder):
        parser.error("give a folder of wav files, or --tones")
    draw = random.Random(chosen.seed)
    spoken = tones(chosen.seed) if chosen.tones else recordings(chosen.folder)
    parts = divided(spoken, draw)
    with tempfile.TemporaryDirectory() as folder:
        train, test, out = (Path(folder) / name for name in ("train", "test", "run"))
        tables = [
            write_strings(place, part, count, draw)
            for place, part, count in zip((train, test), parts, (chosen.strings, 300), strict=True)
        ]
        flags = ["--task", "translate", "--recipe", "transcribe", "--budget", chosen.budget]
        flags += ["--seed", str(chosen.seed), "--out", str(out), "--quiet"]
        flags += ["--set", "metric=character_error_rate"]
        done = run("fit", str(tables[0]), *flags)
        if done.code:
            raise SystemExit(done.stderr)
        scored = json.loads(run("evaluate", str(out), str(tables[1]), "--json").stdout)
    print("model                       character error  exact match")
    for score in scored["scores"]:
        metrics = score["metrics"]
        print(
            f"{score['name']:26}  {metrics['character_error_rate']:15.3f}  "
            f"{metrics['exact_match']:11.3f}"
        )


def recordings(folder: Path) -> dict[str, list[Samples]]:
    """Return the recordings of each digit, at one rate."""
    found: dict[str, list[Samples]] = {}
    for path in sorted(folder.rglob("*.wav")):
        if path.name[0].isdigit():
            samples, rate = read_wav(path)
            places = np.arange(0, len(samples), rate / RATE)
            found.setdefault(path.name[0], []).append(
                np.interp(places, np.arange(len(samples)), samples)
            )
    if len(found) < 2:
        raise SystemExit(f"{folder} has no wav files whose names begin with a digit")
    return found


def tones(seed: int, each: int = 60) -> dict[str, list[Samples]]:
    """Return pairs of tones for each digit, of 0.1 to 0.25 s."""
    draw = np.random.default_rng(seed)
    found: dict[str, list[Samples]] = {}
    for place, key in enumerate(KEYS):
        for _ in range(each if key.isdigit() else 0):
            time = np.arange(int(RATE * draw.uniform(0.1, 0.25))) / RATE
            pair = LOW[place // 3], HIGH[place % 3]
            sound = sum(np.sin(2 * np.pi * hertz * time) for hertz in pair)
            loud = draw.uniform(0.05, 0.4)
            found.setdefault(key, []).append(loud * sound + draw.normal(0, 0.02, len(time)))
    return found


def divided(spoken: Spoken, draw: random.Random) -> tuple[Spoken, Spoken]:
    """Return four fifths of the recordings of each digit, and the others."""
    known: dict[str, list[Samples]] = {}
    other: dict[str, list[Samples]] = {}
    for digit, sounds in spoken.items():
        mixed = draw.sample(list(sounds), len(sounds))
        cut = max(1, len(mixed) // 5)
        other[digit], known[digit] = mixed[:cut], mixed[cut:] or mixed[:cut]
    return known, other


def write_strings(folder: Path, spoken: Spoken, count: int, draw: random.Random) -> Path:
    """Write strings of digits as wav files, and a table of what they say; return the table."""
    folder.mkdir()
    rows = ["audio,text"]
    for number in range(count):
        digits = draw.choices(sorted(spoken), k=draw.randint(1, 7))
        parts: list[Samples] = []
        for digit in digits:
            parts += [draw.choice(spoken[digit]), np.zeros(draw.randint(0, RATE // 5))]
        scaled = np.clip(np.concatenate(parts), -1, 1) * 32_767
        with wave.open(str(folder / f"{number}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(scaled.astype("<i2").tobytes())
        rows.append(f"{number}.wav,{' '.join(digits)}")
    table = folder / "strings.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return table


if __name__ == "__main__":
    main()
