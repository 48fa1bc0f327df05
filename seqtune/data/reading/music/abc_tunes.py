"""Reading tunes in ABC: which notes sound, in quarter notes from the beginning of each tune.

Keys and modes, accidentals up to the next bar, chords, tuplets, broken rhythms, voices and rests
are understood. Repeats are played once. Grace notes, decorations, words and chord names are left
out.

Source:
    The ABC music standard 2.1, https://abcnotation.com/wiki/abc:standard:v2.1, sections 3 and 4.
"""

from __future__ import annotations

import re
from fractions import Fraction

from seqtune.data.reading.music.piece import NOTES
from seqtune.data.reading.music.played import Played
from seqtune.data.reading.opened import OpenedFile
from seqtune.errors import DataError

MOST_CHARACTERS, MOST_NOTES = 2_000_000, 500_000
"""Of a file, and of a tune."""

MOST_LENGTH = 10_000
"""Of a note or a rest, in units."""

HINT = "see https://abcnotation.com/wiki/abc:standard:v2.1"

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
FIFTHS = "FCGDAEB"
"""The letters in the order in which sharps come; flats come from the end."""

MODES = {
    **dict.fromkeys(("", "maj", "ion"), 0), **dict.fromkeys(("m", "min", "aeo"), -3),
    "mix": -1, "dor": -2, "phr": -4, "lyd": 1, "loc": -5,
}  # fmt: skip
"""How many sharps more than major a mode has."""

ACCIDENTALS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}

_KEY = re.compile(r"([A-G])([#b]?)\s*([A-Za-z]*)")
_FIELD = re.compile(r"([A-Za-z]):(.*)")
_LENGTH = r"(\d{0,9})((?:/\d{0,9})*)"
_LONGEST = 300
"""Of what is in quotes, decorations, grace notes, or an inline field: nothing is looked for further
than this."""

_TOKEN = re.compile(
    rf"""
    (?P<left_out>"[^"]{{0,{_LONGEST}}}" | ![^!]{{0,{_LONGEST}}}! | \{{[^}}]{{0,{_LONGEST}}}\}})
  | \[(?P<inline>[A-Za-z]):(?P<value>[^\]]{{0,{_LONGEST}}})\]
  | (?P<bar>\|[\]|:]* | :+\|* | \[\|)
  | \((?P<tuplet>[2-9])(?::(?P<in>\d?))?(?::(?P<of>\d?))?
  | (?P<open>\[)
  | \]{_LENGTH}
  | (?P<note>(?P<accidental>\^\^|\^|__|_|=)?(?P<letter>[A-Ga-g])(?P<octave>[,']*))
    (?P<times>\d{{0,9}})(?P<parts>(?:/\d{{0,9}})*)
  | (?P<rest>[zxZX])(?P<rest_times>\d{{0,9}})(?P<rest_parts>(?:/\d{{0,9}})*)
  | (?P<broken>>+|<+)
  | .
    """,
    re.VERBOSE | re.DOTALL,
)


def read_abc(file: OpenedFile, encoding: str) -> list[Played]:
    """Return the tunes of a file that have a note.

    Args:
        file: The file, compressed or not.
        encoding: Of its text, or "auto".

    Raises:
        DataError: It is too large, or a line of it cannot be read; says which.
    """
    scan = file.scan(encoding)
    if scan.characters > MOST_CHARACTERS:
        raise DataError(
            f"{file.path} has {scan.characters:,} characters; expected at most "
            f"{MOST_CHARACTERS:,} of ABC",
            "divide it into several files in a folder",
        )
    tune, count, found = None, 0, list[Played]()
    for number, line in enumerate("".join(file.texts(scan.encoding)).split("\n"), start=1):
        field = _FIELD.match(line)
        if field and field[1] == "X":
            found += tune.played if tune else []
            count += 1
            tune = _Tune(f"{file.path}, tune {count:,}")
        elif tune:
            tune.read(line, f"{file.path}:{number}")
    if tune is None:
        raise DataError(f"{file.path} has no tune: no line begins with X:", HINT)
    return found + tune.played


class _Voice:
    """Where one voice of a tune is."""

    def __init__(self) -> None:
        self.now = Fraction(0)
        self.altered: dict[tuple[str, str], int] = {}  # up to the next bar
        self.last: list[int] = []  # numbers of the notes that a broken rhythm changes
        self.last_length = Fraction(0)
        self.factor = Fraction(1)  # what a broken rhythm leaves for the next note
        self.tuplet: tuple[Fraction, int] = (Fraction(1), 0)


class _Tune:
    """One tune, read line by line."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notes: list[tuple[float, float, int]] = []
        self.unit: Fraction | None = None
        self.meter = Fraction(1)
        self.key: dict[str, int] = {}
        self.in_body = False
        self.voices: dict[str, _Voice] = {}
        self.voice = self.voices.setdefault("1", _Voice())

    @property
    def played(self) -> list[Played]:
        """Its notes in order; nothing where it has none."""
        return [Played(self.name, sorted(self.notes))] if self.notes else []

    def read(self, line: str, place: str) -> None:
        """Read a line."""
        line = line.partition("%")[0].rstrip()
        field = _FIELD.match(line)
        if field:
            self._set(field[1], field[2].strip(), place)
        elif self.in_body:
            self._play(line, place)

    def _set(self, field: str, value: str, place: str) -> None:
        if field == "K":
            self.key, self.in_body = _key(value, place), True
        elif field == "L":
            self.unit = 4 * _fraction(value, place)
        elif field == "M":
            common = {"C": Fraction(1), "C|": Fraction(1), "none": Fraction(1), "": Fraction(1)}
            self.meter = common.get(value) or _fraction(value, place)
        elif field == "V" and self.in_body:
            self.voice = self.voices.setdefault((value.split() or ["1"])[0], _Voice())

    @property
    def _length(self) -> Fraction:
        """Quarter notes of a note without a number."""
        if self.unit is not None:
            return self.unit
        return Fraction(1, 2) if self.meter >= Fraction(3, 4) else Fraction(1, 4)

    def _play(self, line: str, place: str) -> None:
        chord: list[tuple[int, Fraction]] | None = None
        for match in _TOKEN.finditer(line):
            if match["inline"]:
                self._set(match["inline"], match["value"].strip(), place)
            elif match["bar"]:
                self.voice.altered = {}
            elif match["tuplet"]:
                self._begin_tuplet(match)
            elif match["open"]:
                chord = []
            elif match[0].startswith("]") and chord is not None:
                times = _times(match[0][1:], place)
                self._sound([note for note, _ in chord], (chord or [(0, times)])[0][1] * times)
                chord = None
            elif match["note"]:
                note = self._pitch(match, place)
                times = _times(match["times"] + match["parts"], place)
                if chord is None:
                    self._sound([note], times)
                else:
                    chord.append((note, times))
            elif match["rest"]:
                times = _times(match["rest_times"] + match["rest_parts"], place)
                is_bars = match["rest"] in "ZX"
                self._sound([], times * (4 * self.meter / self._length if is_bars else 1))
            elif match["broken"]:
                self._break(match["broken"])
        if chord is not None:
            raise DataError(f"{place}: a chord is not closed: expected ]", HINT)

    def _begin_tuplet(self, match: re.Match[str]) -> None:
        count = int(match["tuplet"])
        usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(count, 3 if self.meter.numerator % 3 == 0 else 2)
        self.voice.tuplet = (
            Fraction(int(match["in"] or usual), count),
            int(match["of"] or count),
        )

    def _sound(self, notes: list[int], times: Fraction) -> None:
        """Let notes sound together for so many units, and go on behind them."""
        if len(self.notes) + len(notes) > MOST_NOTES:
            raise DataError(f"{self.name} has more than {MOST_NOTES:,} notes", "divide it")
        voice = self.voice
        factor, left = voice.tuplet
        length = self._length * times * voice.factor
        if left:
            length *= factor
            voice.tuplet = (factor, left - 1)
        voice.factor = Fraction(1)
        voice.last = list(range(len(self.notes), len(self.notes) + len(notes)))
        voice.last_length = length
        begin, end = float(voice.now), float(voice.now + length)
        self.notes += [(begin, end, note) for note in notes]
        voice.now += length

    def _break(self, sign: str) -> None:
        """Make the last note longer and the next one shorter (>), or the other way (<), once."""
        voice, part = self.voice, Fraction(1, 2 ** min(len(sign), 3))
        if not voice.last_length:
            return
        own, voice.factor = (2 - part, part) if sign[0] == ">" else (part, 2 - part)
        start = voice.now - voice.last_length
        voice.last_length *= own
        voice.now = start + voice.last_length
        for at in voice.last:
            begin, _, note = self.notes[at]
            self.notes[at] = (begin, float(voice.now), note)
        voice.last_length = Fraction(0)

    def _pitch(self, match: re.Match[str], place: str) -> int:
        letter, marks = match["letter"], match["octave"]
        octave = marks.count("'") - marks.count(",") + (1 if letter.islower() else 0)
        name = letter.upper(), str(octave)
        if match["accidental"]:
            self.voice.altered[name] = ACCIDENTALS[match["accidental"]]
        change = self.voice.altered.get(name, self.key.get(letter.upper(), 0))
        note = 60 + SEMITONES[letter.upper()] + 12 * octave + change
        if not 0 <= note < NOTES:
            raise DataError(f"{place}: the note {match['note'][:20]} has no MIDI number", HINT)
        return note


def _key(value: str, place: str) -> dict[str, int]:
    """Return by how much each letter is raised in a key."""
    word = (value.split("=")[0] if "clef" in value.split("=")[0] else value).strip()
    if not word or word.split()[0] in ("none", "HP", "Hp", "clef"):
        return {}
    match = _KEY.match(word)
    mode = match[3].lower()[:3] if match else ""
    if match is None or (mode not in MODES and mode != "cle"):
        raise DataError(f"{place}: found the key {value[:30]!r}, expected one such as K:Gm", HINT)
    count = FIFTHS.index(match[1]) - 1 + {"#": 7, "b": -7, "": 0}[match[2]] + MODES.get(mode, 0)
    letters = FIFTHS if count > 0 else FIFTHS[::-1]
    return dict.fromkeys(letters[: min(abs(count), 7)], 1 if count > 0 else -1)


def _fraction(value: str, place: str) -> Fraction:
    match = re.match(r"\(?(\d{1,4}(?:\+\d{1,4})*)\)?/(\d{1,4})", value)
    above = sum(map(int, match[1].split("+"))) if match else 0
    if match is None or not above or not int(match[2]):
        raise DataError(f"{place}: found {value[:30]!r}, expected a length such as 1/8", HINT)
    return Fraction(above, int(match[2]))


def _times(text: str, place: str) -> Fraction:
    """Return how many units a note lasts.

    Example:
        >>> [str(_times(text, "")) for text in ("", "3", "/", "3/2", "//")]
        ['1', '3', '1/2', '3/2', '1/4']
    """
    above, *below = text.split("/")
    found = Fraction(int(above or 1))
    is_known = 0 < found <= MOST_LENGTH
    for part in below:
        divisor = int(part or 2)
        is_known = is_known and divisor > 0 and (found / divisor).denominator <= MOST_LENGTH
        if not is_known:
            break
        found /= divisor
    if not is_known:
        raise DataError(
            f"{place}: found the length {text[:20]!r}, expected 1/{MOST_LENGTH} to {MOST_LENGTH:,}",
            HINT,
        )
    return found
