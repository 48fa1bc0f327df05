"""Write the made-up samples of tags: agreement.conll, wearer.csv.

    python data/make_tags.py [FOLDER]

All comes from seeded generators, so that a second run changes nothing.

- agreement.conll: 2,500 sentences of Orsk, a language that does not exist, a token and its tag a
  line, a blank line between sentences. Nouns are of two genders and singular or plural;
  adjectives, articles and verbs agree with their noun. In about half of the sentences one of them
  does not, and is tagged `wrong`; all others are `ok`.
- wearer.csv: what a sensor on the wrist of 12 wearers measures five times a second while they sit,
  walk and climb stairs (wearer, time in seconds, x, y, z in g, activity).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

Token = tuple[str, str]

NOUNS = {
    "moru": "a", "tilka": "a", "vesha": "a", "panu": "a", "dorila": "a", "sumeka": "a",
    "halva": "a", "renta": "a", "kipala": "a", "zora": "a", "miveta": "a", "lufa": "a",
    "bretok": "o", "galun": "o", "simor": "o", "hadek": "o", "wolim": "o", "pastur": "o",
    "korven": "o", "nelit": "o", "tramos": "o", "yudok": "o", "fesil": "o", "qarin": "o",
}  # fmt: skip
"""Nouns and their genders: endings tell them apart, but for `moru` and `panu`."""

ADJECTIVES = ("gril", "mosk", "blen", "tarv", "ushk", "pelm", "sint", "rogd", "vamp", "ilt")
VERBS = ("lam", "perk", "divost", "nug", "talim", "hosk", "brav", "sele", "ormin", "kad")
PLACES = ("ne", "suv", "apor", "dek")
TIMES = ("hoy", "verel", "sempa", "tarn")
ARTICLES = {"a": ("ta", "tai"), "o": ("to", "toi")}
ENDINGS = {"a": ("a", "ai"), "o": ("o", "oi")}
PERSONS = ("et", "ent")
WRONG = 0.5


def agreement(sentences: int = 2_500) -> Iterable[list[Token]]:
    """Yield sentences whose words agree, but for one in about half of them."""
    draw = np.random.default_rng(1_887)
    nouns = list(NOUNS)

    def pick(words: Sequence[str]) -> str:
        return words[int(draw.integers(len(words)))]

    def phrase() -> tuple[list[tuple[str, str, str]], int]:
        """Return words with a kind and with what they would be if they did not agree."""
        noun, is_many = pick(nouns), int(draw.random() < 0.4)
        gender = NOUNS[noun]
        other = (("o" if gender == "a" else "a"), is_many) if draw.random() < 0.5 else (
            gender, 1 - is_many
        )  # fmt: skip
        words = []
        if draw.random() < 0.7:
            words.append((ARTICLES[gender][is_many], "article", ARTICLES[other[0]][other[1]]))
        words.append((f"{noun}{'si' if is_many else ''}", "noun", ""))
        for _ in range(int(draw.integers(3))):
            stem = pick(ADJECTIVES)
            words.append(
                (stem + ENDINGS[gender][is_many], "adjective", stem + ENDINGS[other[0]][other[1]])
            )
        return words, is_many

    for _ in range(sentences):
        subject, is_many = phrase()
        stem = pick(VERBS)
        words = [*subject, (stem + PERSONS[is_many], "verb", stem + PERSONS[1 - is_many])]
        if draw.random() < 0.75:
            words += phrase()[0]
        if draw.random() < 0.5:
            words += [(pick(PLACES), "place", ""), *phrase()[0]]
        if draw.random() < 0.4:
            words.insert(0, (pick(TIMES), "time", ""))
        fragile = [place for place, (_, _, other) in enumerate(words) if other]
        wrong = fragile[int(draw.integers(len(fragile)))] if draw.random() < WRONG else -1
        yield [
            *(
                (other if place == wrong else word, "wrong" if place == wrong else "ok")
                for place, (word, _, other) in enumerate(words)
            ),
            (".", "ok"),
        ]


RATE = 5
"""Measurements a second."""

ACTIVITIES = {"sitting": (20, 70), "walking": (15, 60), "climbing": (8, 30)}
"""Seconds that each lasts, from and to."""


def wearer(wearers: int = 12, seconds: int = 240) -> Iterable[Sequence[str]]:
    """Yield what the sensor of each wearer measures, and what he does."""
    draw = np.random.default_rng(365)
    for number in range(wearers):
        pace, force = draw.uniform(0.75, 0.95), draw.uniform(0.8, 1.2)
        tilt = draw.normal(0, 0.15, 3)
        step, phase, activity = 0, 0.0, "sitting"
        while step < seconds * RATE:
            activity = _next_activity(activity, draw)
            lasts = int(draw.integers(*ACTIVITIES[activity])) * RATE
            posture = tilt + draw.normal(0, 0.08, 3)
            for _ in range(min(lasts, seconds * RATE - step)):
                phase += 2 * np.pi * pace * (0.8 if activity == "climbing" else 1.0) / RATE
                phase += draw.normal(0, 0.05)
                values = _measured(activity, phase, force) + posture + draw.normal(0, 0.06, 3)
                time = f"{step / RATE:.1f}"
                yield f"w{number + 1:02d}", time, *(f"{value:.2f}" for value in values), activity
                step += 1


def _next_activity(before: str, draw: np.random.Generator) -> str:
    """Return what follows: stairs begin and end with a walk, mostly."""
    shares = {
        "sitting": ("walking", "walking", "walking", "climbing"),
        "walking": ("sitting", "climbing", "sitting", "climbing"),
        "climbing": ("walking", "walking", "walking", "sitting"),
    }[before]
    return shares[int(draw.integers(len(shares)))]


def _measured(activity: str, phase: float, force: float) -> np.ndarray:
    """Return x, y and z in g, without noise: an arm swings once with every two steps."""
    if activity == "sitting":
        return np.array([0.1, 0.2, 0.97]) + 0.02 * np.sin(phase / 7)
    swing = force * np.array([np.sin(phase), 0.5 * np.cos(phase), 0.6 * np.sin(2 * phase)])
    if activity == "walking":
        return np.array([0.3, 0.9, 0.2]) + 0.35 * swing
    return np.array([0.45, 0.85, 0.3]) + swing * np.array([0.2, 0.3, 0.5])


def main(folder: Path) -> None:
    """Write the samples into a folder."""
    with (folder / "agreement.conll").open("w", encoding="utf-8", newline="\n") as file:
        for sentence in agreement():
            file.writelines(f"{token}\t{tag}\n" for token, tag in sentence)
            file.write("\n")
    with (folder / "wearer.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["wearer", "time", "x", "y", "z", "activity"])
        writer.writerows(wearer())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
