"""Write the made-up sample of music: canons.

    python data/make_canons.py [FOLDER]

canons.json holds 240 canons in two voices (about 50 KB), a set of MIDI numbers for each step, in
the parts train, valid and test. They are drawn with a seed, so that a second run changes nothing.
What there is to learn are their rules, which `broken` counts in any other piece:

follow   the lower voice is the upper one of four steps before, an octave lower
scale    all notes are of the major scale of the last note of the lower voice
step     the upper voice moves by at most two notes of the scale
sound    two notes sound together as unison, third, fifth or sixth, or these and an octave
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

SEED = 20240105
CANONS = {"train": 200, "valid": 20, "test": 20}
DELAY = 4
"""Steps from the first voice to the second."""

OCTAVE = 12
MAJOR = (0, 2, 4, 5, 7, 9, 11)
TONICS = (60, 62, 65, 67)
CONSONANT = {0, 3, 4, 7, 8, 9}
"""Semitones between two notes that sound well, octaves left out."""

Piece = Sequence[Sequence[int]]


def pitch(tonic: int, degree: int) -> int:
    """Return the note of a degree of the scale; 0 is the tonic."""
    octave, place = divmod(degree, len(MAJOR))
    return tonic + OCTAVE * octave + MAJOR[place]


def sounds(upper: int, lower: int) -> bool:
    """Say whether two notes may sound together, the voices not crossed."""
    return upper > lower and (upper - lower) % OCTAVE in CONSONANT


def melody(random: np.random.Generator, tonic: int, steps: int) -> list[int] | None:
    """Return the upper voice; None where it has come to a dead end."""
    degrees = [0]
    for step in range(1, steps):
        lower = pitch(tonic, degrees[step - DELAY]) - OCTAVE if step >= DELAY else None
        may_come = [
            degree
            for degree in range(max(degrees[-1] - 2, -3), min(degrees[-1] + 2, 7) + 1)
            if lower is None or sounds(pitch(tonic, degree), lower)
        ]
        if step == steps - 1:
            may_come = [degree for degree in may_come if degree == 0]
        if not may_come:
            return None
        degrees.append(int(random.choice(may_come)))
    return [pitch(tonic, degree) for degree in degrees]


def canon(random: np.random.Generator) -> list[list[int]]:
    """Return a canon: the sets of its steps."""
    tonic, steps = int(random.choice(TONICS)), int(random.choice((20, 24, 28)))
    upper = melody(random, tonic, steps)
    while upper is None:
        upper = melody(random, tonic, steps)
    voices: list[list[int]] = [[] for _ in range(steps + DELAY)]
    for step, note in enumerate(upper):
        voices[step].append(note)
        voices[step + DELAY].append(note - OCTAVE)
    return [sorted(each) for each in voices]


def broken(piece: Piece) -> dict[str, int]:
    """Return how many steps of a piece break each rule.

    Example:
        >>> broken([[60], [62], [64], [60], [48], [50], [52], [48]])
        {'follow': 0, 'scale': 0, 'step': 0, 'sound': 0}
    """
    count = dict.fromkeys(("follow", "scale", "step", "sound"), 0)
    steps = len(piece) - DELAY
    upper = [piece[step][-1] if piece[step] else -1 for step in range(max(0, steps))]
    tonic = piece[-1][0] if piece and piece[-1] else 0
    for step, notes in enumerate(piece):
        expected = [upper[step]] if step < len(upper) else []
        if step >= DELAY and step - DELAY < len(upper):
            expected = [upper[step - DELAY] - OCTAVE, *expected]
        count["follow"] += list(notes) != expected
        count["scale"] += any((note - tonic) % OCTAVE not in MAJOR for note in notes)
        count["sound"] += len(notes) == 2 and not sounds(notes[1], notes[0])
        if 0 < step < len(upper):
            count["step"] += abs(upper[step] - upper[step - 1]) > 4
    return count


def canons() -> dict[str, list[list[list[int]]]]:
    """Return all canons by their part."""
    random = np.random.default_rng(SEED)
    return {part: [canon(random) for _ in range(number)] for part, number in CANONS.items()}


def main(folder: Path) -> None:
    """Write the canons into a folder, a line for each."""
    parts = []
    for part, pieces in canons().items():
        lines = ",\n".join(json.dumps(piece, separators=(",", ":")) for piece in pieces)
        parts.append(f'"{part}": [\n{lines}\n]')
    text = "{" + ",\n".join(parts) + "}\n"
    (folder / "canons.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
