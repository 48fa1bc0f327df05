"""Writing pieces as tunes in ABC: chords that last as long as their set does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seqtune.tasks.generate.event_files.held import runs
from seqtune.tasks.generate.step_tokens import Steps

BEATS = 4
"""Quarter notes of a bar."""

BARS = 4
"""Of a line."""

LETTERS = ("C", "^C", "D", "^D", "E", "F", "^F", "G", "^G", "A", "^A", "B")


def abc_text(pieces: Sequence[Steps], per_beat: int) -> str:
    """Return the tunes, in C, so that every sharp is written.

    Args:
        pieces: Sets of notes of each.
        per_beat: Steps of a quarter note.
    """
    head = f"M:{BEATS}/4\nL:1/{4 * per_beat}\nK:C"
    tunes = [
        f"X:{number}\nT:{number}\n{head}\n{_body(steps, BEATS * per_beat)}"
        for number, steps in enumerate(pieces, start=1)
    ]
    return "\n\n".join(tunes)


def _body(steps: Steps, bar: int) -> str:
    ends = range(bar, len(steps) + bar, bar)
    bars = [_bar(steps[end - bar : end], steps[end : end + 1]) for end in ends]
    lines = [" | ".join(bars[at : at + BARS]) for at in range(0, len(bars), BARS)]
    return " |\n".join(lines) + " |]"


def _bar(steps: Steps, following: Steps) -> str:
    altered: dict[tuple[str, int], bool] = {}
    parts = runs(steps)
    written = []
    for number, (step, length) in enumerate(parts):
        is_last = number == len(parts) - 1
        is_tied = bool(step) and is_last and [list(each) for each in following] == [list(step)]
        written.append(_chord(step, length, altered) + "-" * is_tied)
    return " ".join(written)


def _chord(step: Sequence[int], length: int, altered: dict[tuple[str, int], bool]) -> str:
    times = str(length) if length > 1 else ""
    names = list(_names(step, altered))
    if len(names) == 1:
        return names[0] + times
    return f"[{''.join(names)}]{times}" if names else f"z{times}"


def _names(step: Sequence[int], altered: dict[tuple[str, int], bool]) -> Iterator[str]:
    """Yield the notes as ABC names them; a natural is written where the bar has had its sharp."""
    for note in step:
        octave, degree = divmod(note - 60, 12)
        name = LETTERS[degree]
        letter, is_sharp = name[-1], len(name) > 1
        sign = "^" if is_sharp else "=" if altered.get((letter, octave)) else ""
        altered[letter, octave] = is_sharp
        high = letter.lower() if octave > 0 else letter
        yield sign + high + "'" * (octave - 1) + "," * -octave
