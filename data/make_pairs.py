"""Write the made-up samples of pairs: dates, phrases, weather.

    python data/make_pairs.py [FOLDER]

All comes from seeded generators, so that a second run changes nothing.

- dates.csv: 6,000 dates from 1950 to 2049 in twenty forms, and each as ISO 8601 writes it (source,
  target). Numbers with points have the day first, numbers with slashes the month; two digits of a
  year from 50 on are of the last century.
- phrases.csv: 5,000 sentences in English and in Velish, a language that does not exist (english,
  velish). Its verb comes last, adjectives follow their noun and agree with its gender and number,
  the article is an ending.
- weather.csv: 4,000 mornings as figures and words (sky, wind, speed in km/h, temperature in °C,
  change since yesterday in degrees), and a sentence about each (report).
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST_DAY, DAYS = dt.date(1950, 1, 1), 36_524

Form = Callable[[dt.date], str]


def _ordinal(day: int) -> str:
    ending = "th" if 10 < day % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _month(day: dt.date) -> str:
    return MONTHS[day.month - 1]


FORMS: tuple[Form, ...] = (
    lambda d: f"{d.day} {_month(d)} {d.year}",
    lambda d: f"{_month(d)} {d.day}, {d.year}",
    lambda d: f"{_ordinal(d.day)} of {_month(d)} {d.year}",
    lambda d: f"{_month(d)} {_ordinal(d.day)}, {d.year}",
    lambda d: f"{d.day} {_month(d)[:3]} {d.year}",
    lambda d: f"{_month(d)[:3]} {d.day}, {d.year}",
    lambda d: f"{d.day:02d}-{_month(d)[:3].upper()}-{d.year}",
    lambda d: f"{d.day:02d}{_month(d)[:3]}{d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d.day:02d}.{d.month:02d}.{d.year}",
    lambda d: f"{d.day:02d}.{d.month:02d}.{d.year % 100:02d}",
    lambda d: f"{d.month}/{d.day}/{d.year}",
    lambda d: f"{d.month:02d}/{d.day:02d}/{d.year}",
    lambda d: f"{d.month}/{d.day}/{d.year % 100:02d}",
    lambda d: f"{d.year}/{d.month:02d}/{d.day:02d}",
    lambda d: f"{d.year}{d.month:02d}{d.day:02d}",
    lambda d: f"{WEEKDAYS[d.weekday()]}, {d.day} {_month(d)} {d.year}",
    lambda d: f"{WEEKDAYS[d.weekday()][:3]} {_month(d)[:3]} {d.day} {d.year}",
    lambda d: f"the {_ordinal(d.day)} day of {_month(d).lower()} in {d.year}",
    lambda d: f"{d.year}, {_month(d).lower()} {d.day:02d}",
)


def dates(rows: int = 6_000) -> Iterable[Sequence[str]]:
    """Yield a date in some form, and in ISO's."""
    draw = np.random.default_rng(1950)
    for _ in range(rows):
        day = FIRST_DAY + dt.timedelta(days=int(draw.integers(DAYS)))
        yield FORMS[int(draw.integers(len(FORMS)))](day), day.isoformat()


NOUNS = {
    "man": ("torek", "m"), "woman": ("silna", "f"), "child": ("pimok", "m"), "dog": ("harun", "m"),
    "cat": ("mirla", "f"), "horse": ("golvan", "m"), "bird": ("tiwela", "f"),
    "fish": ("osmen", "m"), "baker": ("dorbak", "m"), "teacher": ("lerisa", "f"),
    "doctor": ("medun", "m"), "queen": ("arvela", "f"), "house": ("damira", "f"),
    "river": ("wasol", "m"), "bridge": ("ponta", "f"), "book": ("skrivo", "m"),
    "letter": ("brefa", "f"), "apple": ("jabul", "m"), "bread": ("lemba", "f"),
    "song": ("kantel", "m"), "garden": ("florina", "f"), "road": ("vegan", "m"),
    "lamp": ("lumena", "f"), "ship": ("navor", "m"), "stone": ("petrok", "m"),
    "key": ("klavia", "f"), "window": ("fenist", "m"), "mountain": ("berga", "f"),
}  # fmt: skip
"""English noun to Velish noun and gender."""

PEOPLE = tuple(list(NOUNS)[:12])
THINGS = tuple(list(NOUNS)[12:])
PLURALS = {"man": "men", "woman": "women", "child": "children", "fish": "fish"}
ADJECTIVES = {
    "old": "starv", "young": "junel", "small": "miklet", "big": "grom", "red": "rovas",
    "green": "zelim", "white": "albet", "black": "nokar", "happy": "felik", "tired": "mudrel",
    "quiet": "tishan", "clever": "sapin",
}  # fmt: skip
VERBS = {
    "see": ("saw", "vidra"), "find": ("found", "troval"), "carry": ("carried", "porta"),
    "paint": ("painted", "maluna"), "love": ("loved", "amira"), "sell": ("sold", "vendo"),
    "clean": ("cleaned", "purit"), "hide": ("hid", "okulta"), "watch": ("watched", "gardul"),
    "buy": ("bought", "kupet"), "lose": ("lost", "perdan"), "bring": ("brought", "nosira"),
}  # fmt: skip
PLACES = {"in": "en", "behind": "postu", "near": "apud", "under": "subal", "above": "suprin"}
TIMES = {"": "", "today": "hodia", "yesterday": "vcheral", "again": "denove", "at night": "noktal"}


def _noun_phrase(noun: str, adjective: str, *, is_many: bool, is_known: bool) -> tuple[str, str]:
    """Return a noun with its adjective and article, in English and in Velish."""
    plural = PLURALS.get(noun, f"{noun}es" if noun.endswith(("s", "sh")) else f"{noun}s")
    english = " ".join(filter(None, [adjective, plural if is_many else noun]))
    if is_known:
        english = f"the {english}"
    elif not is_many:
        english = f"{'an' if english[0] in 'aeiou' else 'a'} {english}"
    word, gender = NOUNS[noun]
    ending = ("i" if gender == "m" else "e") if is_many else ""
    article = "-" + {"m": "lo", "f": "la"}[gender] + ("s" if is_many else "") if is_known else ""
    velish = f"{word}{ending}{article}"
    if adjective:
        agreed = ADJECTIVES[adjective] + {"m": "o", "f": "a"}[gender] + ("s" if is_many else "")
        velish = f"{velish} {agreed}"
    return english, velish


def phrases(rows: int = 5_000) -> Iterable[Sequence[str]]:
    """Yield a sentence in English and in Velish."""
    draw = np.random.default_rng(7)

    def pick(words: Iterable[str]) -> str:
        known = list(words)
        return known[int(draw.integers(len(known)))]

    def some(words: Sequence[str]) -> tuple[str, str, bool]:
        is_many = bool(draw.random() < 0.35)
        adjective = pick(ADJECTIVES) if draw.random() < 0.5 else ""
        made = _noun_phrase(
            pick(words), adjective, is_many=is_many, is_known=bool(draw.random() < 0.6)
        )
        return (*made, is_many)

    for _ in range(rows):
        subject, object_ = some(PEOPLE), some(THINGS)
        verb = pick(VERBS)
        past, stem = VERBS[verb]
        is_past = bool(draw.random() < 0.5)
        spoken = past if is_past else verb if subject[2] else _third_person(verb)
        english = f"{subject[0]} {spoken} {object_[0]}"
        velish = f"{subject[1]} {object_[1]}"
        if draw.random() < 0.4:
            place = pick(PLACES)
            where = some(THINGS)
            english, velish = (
                f"{english} {place} {where[0]}",
                f"{velish} {where[1]} {PLACES[place]}",
            )
        time = pick(TIMES)
        english = f"{english} {time}".strip()
        velish = f"{TIMES[time]} {velish}".strip()
        ending = ("vat" if subject[2] else "va") if is_past else ("nt" if subject[2] else "s")
        velish = f"{velish} {stem}{ending}"
        yield english[0].upper() + english[1:] + ".", velish[0].upper() + velish[1:] + "."


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("sh", "ch")) else f"{verb}s"


SKIES = ("clear", "cloudy", "foggy", "rain", "snow", "thunder")
WINDS = ("north", "east", "south", "west")
OPENINGS = {
    "clear": ("A clear sky", "Not a cloud"), "cloudy": ("Clouds", "A grey sky"),
    "foggy": ("Fog", "Thick fog"), "rain": ("Rain", "Wet all day"),
    "snow": ("Snow", "Fresh snow"), "thunder": ("Thunderstorms", "Lightning and rain"),
}  # fmt: skip


def weather(rows: int = 4_000) -> Iterable[Sequence[str]]:
    """Yield the figures of a morning, and a sentence about it."""
    draw = np.random.default_rng(21)
    for _ in range(rows):
        temperature = int(np.clip(draw.normal(11, 10), -20, 38))
        skies = [sky for sky in SKIES if (temperature <= 3) == (sky == "snow") or sky in SKIES[:3]]
        sky = skies[int(draw.integers(len(skies)))]
        wind = WINDS[int(draw.integers(4))]
        speed = int(draw.gamma(2.0, 9.0))
        change = int(np.clip(draw.normal(0, 5), -14, 14))
        opening = OPENINGS[sky][int(draw.integers(2))]
        yield (
            sky,
            wind,
            str(speed),
            str(temperature),
            str(change),
            (f"{opening}, {_wind(wind, speed)}, {_warmth(temperature)} and {_change(change)}."),
        )


def _wind(wind: str, speed: int) -> str:
    if speed < 5:
        return "no wind"
    strengths = ((15, "a light wind"), (30, "a fresh wind"), (50, "a strong wind"))
    strength = next((words for most, words in strengths if speed < most), "a storm")
    return f"{strength} from the {wind}"


def _warmth(temperature: int) -> str:
    warmth = ((-8, "bitterly cold"), (1, "freezing"), (9, "cold"), (17, "cool"), (25, "mild"))
    return next((words for most, words in warmth if temperature < most), "hot")


def _change(change: int) -> str:
    if abs(change) < 2:
        return "much as yesterday"
    way = "warmer" if change > 0 else "colder"
    return f"{'a little' if abs(change) < 5 else 'much'} {way} than yesterday"


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(folder: Path = Path(__file__).parent) -> None:
    """Write all of them into a folder."""
    write(folder / "dates.csv", ("source", "target"), dates())
    write(folder / "phrases.csv", ("english", "velish"), phrases())
    header = ("sky", "wind", "speed", "temperature", "change", "report")
    write(folder / "weather.csv", header, weather())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
