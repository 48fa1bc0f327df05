"""Write the made-up sample tables: shops, power, messages, gestures, machine.

    python data/make_samples.py [FOLDER]

All numbers come from seeded generators and are rounded, so that a second run changes nothing.

- shops.csv: eight shops' daily sales over up to two years (date, shop, region, sales, price,
  promotion). A promotion lifts sales by about 40 per cent; price is known only afterwards,
  promotion ahead. Some days are missing, some sales are blank, and shops open and close at
  different dates.
- shops_future.csv: the promotions of the 14 days after each shop's last day (date, shop,
  promotion), which is what `seqtune predict` asks for.
- power.csv: one hourly load over 20 weeks (time, load), with a daily and a weekly season.
- messages.csv: 600 messages to a shop (text, label) about delivery, payment or the account, or of
  praise, with slips of the finger, emoji and line breaks, some in other languages. One in twelve
  could be about anything, so that nobody labels all of them rightly.
- gestures.csv: 120 movements of a hand-held sensor (case, step, x, y, z, label), 20 to 40 steps
  each: a circle, the same backwards, a swipe, a shake. Size, speed, tilt and noise vary; some
  values are blank.
- machine.csv: a machine's temperature, current and vibration every ten minutes over ten weeks
  (time, temperature, current, vibration, label), with a daily season. The label is 1 where
  something is wrong, in one channel or several: a spike, a shifted level, a stuck sensor, a burst
  of noise, a day that runs at another pace, hours that changed places. Two events are in the first
  six weeks, eleven after.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

SHOPS = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Maple", "Oak", "Pine")
REGIONS = ("north", "north", "north", "south", "south", "south", "west", "west")
FIRST_DAY = np.datetime64("2023-01-01")
DAYS = 730
AHEAD = 14
WEEKS = 20
WEEKDAY_SHARE = np.array([0.85, 0.82, 0.88, 0.95, 1.15, 1.35, 1.00])  # Monday to Sunday

GESTURES = ("circle", "circle_back", "shake", "swipe")
CASES = 120

MACHINE_DAYS = 70
TEN_MINUTES = 144  # … of a day
TROUBLE: tuple[tuple[float, str, int, tuple[int, ...]], ...] = (
    (12.35, "spike", 2, (1,)),
    (30.6, "flat_line", 30, (0,)),
    (43.7, "level_shift", 70, (0,)),
    (46.9, "spike", 1, (0, 1, 2)),
    (49.3, "noise_burst", 40, (2,)),
    (52.4, "swap", 60, (0, 1)),
    (54.0, "time_warp", 100, (1,)),
    (57.55, "flat_line", 45, (1, 2)),
    (59.4, "spike", 3, (2,)),
    (61.2, "time_warp", 120, (0, 1, 2)),
    (63.8, "level_shift", 25, (1,)),
    (66.7, "noise_burst", 18, (0, 2)),
    (68.7, "swap", 80, (2,)),
)
"""Day, kind, rows and channels of what goes wrong with the machine."""

MESSAGES = 600
KINDS = ("delivery", "payment", "account", "praise")
KIND_SHARES = (0.32, 0.27, 0.23, 0.18)
UNCLEAR_SHARE = 1 / 12
FOREIGN_SHARE = 1 / 12
TYPO_SHARE = 0.2

WORDS: dict[str, tuple[str, ...]] = {
    "thing": (
        *("lamp", "kettle", "rucksack", "desk", "jacket", "blender", "bicycle pump", "rug"),
        *("teapot", "headphones", "tent", "pair of boots", "bookshelf", "frying pan", "clock"),
    ),
    "when": (
        *("yesterday", "on Monday", "last week", "two days ago", "this morning", "on Friday"),
        *("before the weekend", "three weeks ago", "in March"),
    ),
    "place": ("Lyon", "Oslo", "Porto", "Graz", "Leeds", "Turku", "Gdańsk", "Århus", "Malmö"),
    "order": ("NL-4471", "NL-0932", "#80155", "#80412", "77-310", "A/2209", "№ 5118"),
    "sum": ("12.90 €", "€ 48", "£7.50", "$ 103.20", "19 euros", "250 kr", "1 204,00 zł"),
    "card": ("card", "credit card", "bank account", "gift card", "voucher"),
    "neighbour": ("neighbour", "caretaker", "bakery next door", "wrong house", "old address"),
    "device": ("phone", "tablet", "laptop", "new computer"),
    "good": ("lovely", "excellent", "wonderful", "very friendly", "brilliant", "great"),
    "hello": ("Hello,", "Hi,", "Good morning,", "Dear team,", "hey", "Sorry to bother you,"),
    "end": (
        *("Thanks.", "Thank you in advance!", "Please help.", "What can I do?", "Regards, K."),
        *("Any idea?", "This is the second time I write.", "Best, Ana", "Please answer soon!!"),
    ),
}
"""What stands in the place of `{word}` in a template."""

TEMPLATES: dict[str, tuple[str, ...]] = {
    "delivery": (
        "The {thing} I ordered {when} has not arrived",
        "where is my parcel {order}? it should have been in {place} {when}",
        "Tracking for {order} has been standing still in {place} since it left {when}",
        "the courier left my {thing} with the {neighbour} and nobody told me",
        "My {thing} came with a broken box, {when}",
        "You sent a {thing} instead of the {thing}",
        "Can order {order} be sent to {place} instead?",
        "The delivery was not fast at all, the {thing} took weeks",
        "Nobody rang, yet the note says I was out {when}",
        "Half of order {order} is missing, only the {thing} was in the box",
        "When will the {thing} be shipped? {order}",
    ),
    "payment": (
        "I was charged {sum} twice for order {order}",
        "my {card} is refused at the last step",
        "Still no refund of {sum} for the {thing} that I returned {when}",
        "The invoice for {order} says {sum}, the shop said {sum}",
        "Paying with a {card} is not easy here, it fails every time",
        "can i pay the {thing} in two parts?",
        "The discount was not taken off: {sum} too much for the {thing}",
        "Please send an invoice for {order} with our tax number",
        "{sum} left my {card} {when} although I cancelled {order}",
        "which {card} do you accept in {place}",
        "Your shop took the money but shows {order} as unpaid",
    ),
    "account": (
        "I cannot log in on my {device} since {when}",
        "the link to reset my password never comes",
        "Please change the e-mail of my account, I moved to {place}",
        "My account was locked {when} and I do not know why",
        "How do I delete my account and all that you know of me?",
        "somebody in {place} logged in with my name {when}",
        "The code for my {device} is not accepted",
        "I have two accounts, can you join them? the order {order} is in the old one",
        "The app forgets me on the {device} each time",
        "Your page says my user name null does not exist",
        "Newsletter again, though I switched it off {when}",
    ),
    "praise": (
        "The {thing} is {good}, thank you so much",
        "Fast delivery, {good} service, I will come back",
        "{good} help from your colleague {when} with my account, all solved",
        "I just wanted to say that the {thing} is not bad at all. It is {good}!",
        "Paying was easy and the {thing} came {when} already. {good}",
        "My refund came in a day, {good}",
        "Best shop in {place}",
        "we love our {thing}, and it was packed so well",
        "No complaint this time: {order} came early and nothing was broken",
        "Logged in, ordered, arrived. {good} work",
    ),
}

UNCLEAR = (
    "Please call me back about {order}",
    "It still does not work",
    "null",
    "NA",
    "n/a",
    "I have been waiting since {when} and nothing happens",
    "Same problem as {when}, {order}",
    "???",
    "Is anybody there",
    "As I said on the phone: {order}",
    "OK 👍",
    "Thank you for nothing",
    "see attachment",
)

FOREIGN: dict[str, tuple[str, ...]] = {
    "delivery": (
        "Wo bleibt mein Paket {order}?",
        "Mon colis n'est pas arrivé à {place}",
        "Посылка {order} не пришла",
        "荷物がまだ届きません {order}",
        "الطرد لم يصل بعد",
    ),
    "payment": (
        "Mir wurden {sum} doppelt abgebucht",
        "Où est mon remboursement de {sum} ?",
        "С карты дважды сняли {sum}",
        "返金はいつですか {sum}",
        "Με χρεώσατε δύο φορές: {sum}",
    ),
    "account": (
        "Ich kann mich nicht mehr anmelden",
        "Mot de passe oublié, le lien ne marche pas",
        "Не могу войти в аккаунт",
        "ログインできません",
        "나는 로그인할 수 없습니다",
    ),
    "praise": (
        "Alles bestens, vielen Dank!",
        "Très contente, merci beaucoup",
        "Спасибо, всё отлично",
        "とても良い店です。ありがとう",
        "Ευχαριστώ πολύ, τέλεια!",
    ),
}

EMOJI = {
    "delivery": ("📦", "🚚", "😡", "🙏"),
    "payment": ("💳", "😡", "🙏", "🤔"),
    "account": ("🔑", "🤷🏽‍♀️", "🙏", "😡"),
    "praise": ("😍", "🙏", "👍🏽", "🎉"),
}

Row = Sequence[object]


def promotions(random: np.random.Generator, days: int) -> npt.NDArray[np.int64]:
    """Return (days,) 1 on days with a promotion: runs of five days, about one in nine days."""
    promotion = np.zeros(days, dtype=np.int64)
    start = int(random.integers(5, 40))
    while start < days:
        promotion[start : start + 5] = 1
        start += int(random.integers(25, 65))
    return promotion


def shop_rows(random: np.random.Generator, shop: int) -> tuple[list[Row], list[Row]]:
    """Return one shop's rows of the table and its rows of the promotions to come."""
    opens = int(random.integers(0, 120)) if shop % 2 else 0
    closes = DAYS - (int(random.integers(10, 90)) if shop % 3 == 2 else 0)
    day = np.arange(opens, closes + AHEAD)
    date = FIRST_DAY + day
    promotion = promotions(random, len(day))
    weekday = (date.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    season = 1.0 + 0.15 * np.sin(2.0 * np.pi * (day - 80.0) / 365.25)
    base = random.uniform(60.0, 240.0) * (1.0 + random.uniform(-0.1, 0.3) * day / DAYS)
    price = np.round(random.uniform(4.0, 9.0) * (1.0 + 0.03 * random.normal(size=len(day))), 2)
    dearness = (price / price.mean()) ** -0.8
    noise = np.exp(0.08 * random.normal(size=len(day)))
    lift = 1.0 + 0.4 * promotion
    sales = np.round(base * season * WEEKDAY_SHARE[weekday] * lift * dearness * noise)

    known = len(day) - AHEAD
    absent = random.random(known) < 0.015
    blank = random.random(known) < 0.01
    absent[[0, -1]] = blank[[0, -1]] = False
    past: list[Row] = [
        (
            date[row],
            SHOPS[shop],
            REGIONS[shop],
            "" if blank[row] else int(sales[row]),
            f"{price[row]:.2f}",
            promotion[row],
        )
        for row in range(known)
        if not absent[row]
    ]
    future: list[Row] = [(date[row], SHOPS[shop], promotion[row]) for row in range(known, len(day))]
    return past, future


def power_rows(random: np.random.Generator) -> list[Row]:
    """Return the hourly load's rows: a day's two peaks, quieter weekends, a drifting level."""
    hour = np.arange(WEEKS * 168)
    of_day = hour % 24
    weekend = (hour // 24) % 7 >= 5  # the first day is a Monday
    morning = np.exp(-0.5 * ((of_day - 8.5) / 2.0) ** 2)
    evening = np.exp(-0.5 * ((of_day - 19.0) / 2.5) ** 2)
    shape = 300.0 + np.where(weekend, 60.0, 140.0) * morning + 180.0 * evening
    level = 25.0 * np.sin(2.0 * np.pi * hour / (13 * 168.0))
    noise = np.zeros(len(hour))
    shocks = random.normal(scale=7.0, size=len(hour))
    for step in range(1, len(hour)):
        noise[step] = 0.7 * noise[step - 1] + shocks[step]
    load = shape - 35.0 * weekend + level + noise
    time = np.datetime64("2024-01-01T00") + hour
    return [(f"{time[row]}:00", f"{load[row]:.1f}") for row in hour]


def machine_values(random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return (rows, 3) temperature, current and vibration of a machine that runs as it should."""
    rows = MACHINE_DAYS * TEN_MINUTES
    of_day = np.arange(rows) % TEN_MINUTES / 6.0
    starting = 1.0 / (1.0 + np.exp(-2.0 * (of_day - 6.5)))
    stopping = 1.0 / (1.0 + np.exp(-1.2 * (of_day - 20.0)))
    pause = 0.35 * np.exp(-0.5 * ((of_day - 12.5) / 0.6) ** 2)
    of_the_day = np.repeat(random.normal(1.0, 0.06, MACHINE_DAYS), TEN_MINUTES)
    load = of_the_day * (starting - stopping - pause)
    current = 4.0 + 12.0 * load + random.normal(scale=0.35, size=rows)
    outside = 2.0 * np.sin(2.0 * np.pi * (of_day - 9.0) / 24.0)
    temperature = np.empty(rows)
    warmth = 0.0
    for row in range(rows):
        warmth += 0.08 * (load[row] - warmth)
        temperature[row] = 31.0 + 22.0 * warmth + outside[row]
    temperature += random.normal(scale=0.25, size=rows)
    vibration = 0.6 + 1.8 * load + random.normal(scale=0.12, size=rows) * (1.0 + load)
    return np.column_stack([temperature, current, vibration])


def gone_wrong(
    random: np.random.Generator, values: npt.NDArray[np.float64], kind: str, start: int, rows: int
) -> npt.NDArray[np.float64]:
    """Return (rows,) values of one channel as they are while something is wrong."""
    stretch = values[start : start + rows]
    spread = float(values.std())
    if kind == "spike":
        return stretch + random.choice((-1.0, 1.0)) * random.uniform(1.0, 1.6) * spread
    if kind == "level_shift":
        return stretch + random.choice((-1.0, 1.0)) * random.uniform(0.5, 0.8) * spread
    if kind == "flat_line":
        return np.full(rows, stretch[0])
    if kind == "noise_burst":
        return stretch + random.normal(scale=0.5 * spread, size=rows)
    if kind == "time_warp":
        source = start + 1.8 * np.arange(rows)
        return np.interp(source, np.arange(len(values)), values)
    return np.roll(stretch, rows // 2)


def machine_rows(random: np.random.Generator) -> list[Row]:
    """Return a row per ten minutes of the machine, with what goes wrong and its label."""
    values = machine_values(random)
    found = values.copy()
    label = np.zeros(len(values), dtype=int)
    for day, kind, rows, channels in TROUBLE:
        start = round(day * TEN_MINUTES)
        label[start : start + rows] = 1
        for channel in channels:
            wrong = gone_wrong(random, values[:, channel], kind, start, rows)
            found[start : start + rows, channel] = wrong
    found = np.maximum(found, 0.0)
    time = np.datetime64("2024-03-04T00:00") + 10 * np.arange(len(values))
    return [
        (str(time[row]).replace("T", " "), *(f"{value:.2f}" for value in found[row]), label[row])
        for row in range(len(values))
    ]


def pick(random: np.random.Generator, choices: Sequence[str]) -> str:
    """Return one of the choices."""
    return choices[int(random.integers(len(choices)))]


def filled(random: np.random.Generator, template: str) -> str:
    """Put words in the places of a template, each drawn by itself."""
    return re.sub(r"{(\w+)}", lambda place: pick(random, WORDS[place[1]]), template)


def mistyped(random: np.random.Generator, text: str) -> str:
    """Leave out, double or swap one letter, as fingers do."""
    place = int(random.integers(1, max(2, len(text) - 2)))
    before, letter, after = text[:place], text[place : place + 1], text[place + 1 :]
    slips = (before + after, before + 2 * letter + after, before + after[:1] + letter + after[1:])
    return pick(random, slips)


def message(random: np.random.Generator, kind: str) -> str:
    """Return a message of a kind, or one that could be of any."""
    chance = random.random()
    if chance < UNCLEAR_SHARE:
        return filled(random, pick(random, UNCLEAR))
    if chance < UNCLEAR_SHARE + FOREIGN_SHARE:
        return filled(random, pick(random, FOREIGN[kind]))
    text = filled(random, pick(random, TEMPLATES[kind]))
    if random.random() < TYPO_SHARE:
        text = mistyped(random, text)
    if random.random() < 0.4:
        text += pick(random, (".", "!", "!!", "...", ""))
    if random.random() < 0.3:
        text = f"{pick(random, WORDS['hello'])} {text}"
    if random.random() < 0.4:
        text += f"{pick(random, (' ', ' ', ' ', chr(10)))}{pick(random, WORDS['end'])}"
    if random.random() < 0.15:
        text += f" {pick(random, EMOJI[kind])}"
    return text.upper() if random.random() < 0.04 else text


def message_rows(random: np.random.Generator) -> list[Row]:
    """Return the messages with their labels, in no order."""
    kinds = random.choice(len(KINDS), size=MESSAGES, p=KIND_SHARES)
    return [(message(random, KINDS[kind]), KINDS[kind]) for kind in kinds.tolist()]


def movement(random: np.random.Generator, gesture: str, steps: int) -> npt.NDArray[np.float64]:
    """Return (steps, 3) positions along one gesture, before tilt and noise."""
    pace = random.uniform(0.7, 1.4)
    along = np.linspace(0.0, 1.0, steps) ** pace
    begin = random.uniform(0.0, 2.0 * np.pi)
    angle = begin + 2.0 * np.pi * random.uniform(0.9, 1.6) * along
    if gesture.startswith("circle"):
        flat = np.column_stack([np.cos(angle), np.sin(angle)])
        return np.column_stack([flat if gesture == "circle" else flat[:, ::-1], 0.2 * along])
    if gesture == "shake":
        to_and_fro = np.sin(2.0 * np.pi * random.uniform(3.0, 5.0) * along + begin)
        return np.column_stack([to_and_fro, 0.3 * to_and_fro, 0.3 * np.cos(angle)])
    return np.column_stack([2.0 * along - 1.0, 0.4 * np.sin(np.pi * along), 0.3 * np.cos(angle)])


def gesture_rows(random: np.random.Generator) -> list[Row]:
    """Return a row per step of every movement."""
    rows: list[Row] = []
    for case in range(CASES):
        gesture = GESTURES[int(random.integers(len(GESTURES)))]
        steps = int(random.integers(20, 41))
        place = movement(random, gesture, steps) * random.uniform(0.6, 1.4)
        tilt = random.uniform(-0.5, 0.5)
        turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
        place[:, :2] = place[:, :2] @ turn
        place = (
            place + random.normal(scale=0.55, size=place.shape) + random.normal(scale=0.3, size=3)
        )
        blank = random.random(place.shape) < 0.005
        for step in range(steps):
            values = ["" if blank[step, axis] else f"{place[step, axis]:.2f}" for axis in range(3)]
            rows.append((f"m{case + 1:03d}", step, *values, gesture))
    return rows


def write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    """Write one table, with a newline alone at the end of each line on every system."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def main(folder: Path) -> None:
    """Write the tables into a folder."""
    random = np.random.default_rng(20240101)
    shops = [shop_rows(random, shop) for shop in range(len(SHOPS))]
    header = ("date", "shop", "region", "sales", "price", "promotion")
    write(folder / "shops.csv", header, (row for past, _ in shops for row in past))
    write(
        folder / "shops_future.csv",
        ("date", "shop", "promotion"),
        (row for _, future in shops for row in future),
    )
    write(folder / "power.csv", ("time", "load"), power_rows(random))
    messages = message_rows(np.random.default_rng(20240102))
    write(folder / "messages.csv", ("text", "label"), messages)
    gestures = gesture_rows(np.random.default_rng(20240103))
    write(folder / "gestures.csv", ("case", "step", "x", "y", "z", "label"), gestures)
    machine = machine_rows(np.random.default_rng(20240104))
    header = ("time", "temperature", "current", "vibration", "label")
    write(folder / "machine.csv", header, machine)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
