"""The samples: they are what the scripts write, and hold what the pages say of them."""

from __future__ import annotations

import json
import re
import runpy

import pandas as pd
import pytest
from command_line import DATA

from seqtune.data.reading.table import read_source
from seqtune.metrics.labelled_events import runs
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.classify.infer_roles import infer_roles

MADE = {
    "shops.csv": 200_000,
    "shops_future.csv": 5_000,
    "power.csv": 80_000,
    "messages.csv": 80_000,
    "gestures.csv": 150_000,
    "machine.csv": 400_000,
}
"""The tables that the script writes, and how many bytes each may have."""


PAIRS = {"dates.csv": 200_000, "phrases.csv": 500_000, "weather.csv": 420_000}
"""The tables that the script of pairs writes, and how many bytes each may have."""


NOUN = (
    "(moru|tilka|vesha|panu|dorila|sumeka|halva|renta|kipala|zora|miveta|lufa|bretok|galun|simor|"
    "hadek|wolim|pastur|korven|nelit|tramos|yudok|fesil|qarin)(si)?"
)
"""The nouns of Orsk."""

TAGS = {"agreement.conll": 200_000, "wearer.csv": 480_000}
"""The files that the script of tags writes, and how many bytes each may have."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder into which the script has written."""
    folder = tmp_path_factory.mktemp("samples")
    runpy.run_path(str(DATA / "make_samples.py"))["main"](folder)
    return folder


def test_the_script_writes_the_samples_and_nothing_else(made):
    assert {path.name for path in made.iterdir()} == set(MADE)
    assert {path.name for path in DATA.glob("*.csv")} == {
        *MADE, *PAIRS, "wearer.csv", "airline.csv",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "most"), MADE.items())
def test_a_sample_is_what_the_script_writes(made, name, most):
    written = (made / name).read_bytes()
    assert written == (DATA / name).read_bytes()
    assert b"\r" not in written and len(written) <= most


def test_a_sample_of_pairs_is_what_its_script_writes(tmp_path):
    runpy.run_path(str(DATA / "make_pairs.py"))["main"](tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(PAIRS)
    for name, most in PAIRS.items():
        written = (tmp_path / name).read_bytes()
        assert written == (DATA / name).read_bytes()
        assert b"\r" not in written and len(written) <= most


def test_a_sample_of_tags_is_what_its_script_writes(tmp_path):
    runpy.run_path(str(DATA / "make_tags.py"))["main"](tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(TAGS)
    for name, most in TAGS.items():
        written = (tmp_path / name).read_bytes()
        assert written == (DATA / name).read_bytes()
        assert b"\r" not in written and len(written) <= most


def test_a_word_that_does_not_agree_is_marked_in_about_half_of_the_sentences():
    sentences = (DATA / "agreement.conll").read_text(encoding="utf-8").strip("\n").split("\n\n")
    tagged = [[line.split("\t") for line in each.split("\n")] for each in sentences]
    wrong = [sum(tag == "wrong" for _, tag in each) for each in tagged]
    assert len(tagged) == 2_500 and set(wrong) == {0, 1} and 0.45 < sum(wrong) / 2_500 < 0.55
    assert {tag for each in tagged for _, tag in each} == {"ok", "wrong"}
    assert len({" ".join(token for token, _ in each) for each in tagged}) > 2_400
    many = re.compile("ent$")
    for each in tagged:  # of a noun that is many the verb is too, but for what is marked
        words = [token for token, _ in each]
        verb = next(at for at, token in enumerate(words) if re.search("[a-z](et|ent)$", token))
        noun = next(at for at, token in enumerate(words) if re.fullmatch(NOUN, token))
        agrees = words[noun].endswith("si") == bool(many.search(words[verb]))
        assert agrees == (each[verb][1] == "ok"), words


def test_a_wearer_sits_walks_and_climbs_for_a_while_each_time():
    table = pd.read_csv(DATA / "wearer.csv")
    assert list(table.columns) == ["wearer", "time", "x", "y", "z", "activity"]
    assert table.groupby("wearer").size().eq(1_200).all() and table["wearer"].nunique() == 12
    for _, each in table.groupby("wearer"):
        assert each["time"].diff().dropna().round(3).eq(0.2).all()
        stretches = each["activity"].ne(each["activity"].shift()).cumsum().value_counts()
        assert stretches.drop(stretches.index.max()).min() >= 8 * 5
    assert table.groupby("wearer")["activity"].nunique().min() >= 2
    assert set(table["activity"]) == {"sitting", "walking", "climbing"}


def test_every_date_is_the_one_that_is_meant():
    table = pd.read_csv(DATA / "dates.csv", dtype=str)
    words = table[table["source"].str.contains("[A-Z][a-z]{2} |day of", regex=True)]
    spelled = words["source"].str.replace(r"the |(?<=\d)(st|nd|rd|th)|of |day |in ", "", regex=True)
    read = pd.to_datetime(spelled, format="mixed", dayfirst=True).dt.strftime("%Y-%m-%d")
    assert len(words) > 1_000 and (read == words["target"]).all()


def test_one_phrase_by_hand():
    pairs = dict(pd.read_csv(DATA / "phrases.csv").itertuples(index=False))
    assert pairs["The children sell mountains today."] == "Hodia pimoki-los bergae vendont."


def roles(name):
    return infer_roles(read_source(DATA / name), Recipe.load(None, "classify").values.data, silent)


def test_messages_are_texts_of_four_kinds_that_nobody_can_tell_apart_wholly():
    found = roles("messages.csv")
    assert (found.kind, found.text, found.label) == ("text", "text", "label")
    table = pd.read_csv(DATA / "messages.csv", keep_default_na=False)
    assert len(table) == 600
    assert set(table["label"]) == {"delivery", "payment", "account", "praise"}
    assert table["label"].value_counts().max() < 3 * table["label"].value_counts().min()
    assert table["text"].str.strip().ne("").all()
    kinds = table.groupby("text")["label"].nunique()
    assert (kinds > 1).any()  # the same words about different things
    assert {"null", "NA"} <= set(table["text"])
    for sign in ("📦", "ま", "П", "ل", "\n"):
        assert table["text"].str.contains(sign).any(), sign


def test_null_and_na_are_read_as_the_words_of_a_message():
    texts = read_source(DATA / "messages.csv").texts("text")
    assert len(texts) == 600 and {"null", "NA"} <= set(texts)


def test_gestures_are_series_of_three_channels_and_different_lengths():
    found = roles("gestures.csv")
    assert (found.kind, found.series, found.time) == ("series", "case", "step")
    assert (found.label, found.channels) == ("label", ("x", "y", "z"))
    table = pd.read_csv(DATA / "gestures.csv")
    cases = table.groupby("case")
    assert len(cases) == 120 and set(table["label"]) == {"circle", "circle_back", "swipe", "shake"}
    assert (cases["label"].nunique() == 1).all()
    assert cases.size().min() == 20 and cases.size().max() == 40
    assert cases["step"].apply(lambda step: step.tolist() == list(range(len(step)))).all()
    assert 0 < table[["x", "y", "z"]].isna().to_numpy().mean() < 0.02


def test_the_canons_are_what_their_script_writes_and_keep_its_rules(tmp_path):
    script = runpy.run_path(str(DATA / "make_canons.py"))
    script["main"](tmp_path)
    written = (tmp_path / "canons.json").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["canons.json"]
    assert written == (DATA / "canons.json").read_bytes() and len(written) <= 60_000
    parts = json.loads(written)
    assert {part: len(pieces) for part, pieces in parts.items()} == {
        "train": 200, "valid": 20, "test": 20,
    }  # fmt: skip
    for piece in (piece for pieces in parts.values() for piece in pieces):
        assert not any(script["broken"](piece).values())
    upper = [60, 62, 64, 60]
    right = [[each] for each in upper] + [[each - 12] for each in upper]
    for step, notes, rules in (
        (3, [61], {"scale", "follow"}),  # off the scale of C, and 49 does not follow
        (5, [51], {"scale", "follow"}),
        (1, [67], {"follow", "step"}),
        (2, [53, 64], {"follow", "sound"}),
    ):
        wrong = [notes if at == step else each for at, each in enumerate(right)]
        assert {rule for rule, count in script["broken"](wrong).items() if count} == rules


@pytest.fixture(scope="module")
def tales(tmp_path_factory):
    """The text that the script of the tales writes, which is the only file it writes."""
    folder = tmp_path_factory.mktemp("tales")
    runpy.run_path(str(DATA / "make_tales.py"))["main"](folder)
    assert [path.name for path in folder.iterdir()] == ["tales.txt"]
    return (folder / "tales.txt").read_bytes()


def test_the_tales_are_what_the_script_writes(tales):
    assert tales == (DATA / "tales.txt").read_bytes()
    assert b"\r" not in tales and 100_000 <= len(tales) <= 200_000
    assert tales.isascii() and tales.endswith(b".\n")


def test_tales_stand_apart_and_none_is_told_twice(tales):
    told = tales.decode().split("\n\n\n")
    assert len(told) == len(set(told)) == 130
    for tale in told:
        title, *paragraphs = tale.strip().split("\n")
        assert title.isupper() and len(paragraphs) == 4
        assert all(paragraph.count('"') % 2 == 0 for paragraph in paragraphs)
        assert not set("{}") & set(tale)


def test_tales_agree_with_themselves(tales):
    text = tales.decode()
    assert not re.findall(r"\b[Aa] [aeiou]\w*|\b[Aa]n (?!honest)[^aeiou\s]\w*", text)
    assert not re.findall(r"\b(?:two|three|four|five|seven|nine) \w+ \w+s was\b", text)
    assert re.findall(r"\b(?:two|three|four|five|seven|nine) \w+ \w+s were\b", text)
    for tale in text.split("\n\n\n"):
        assert not ({"she", "her"} & {*tale.split()} and {"he", "him", "his"} & {*tale.split()})


def test_the_machine_has_a_daily_season_and_trouble_of_every_kind_mostly_late():
    table = pd.read_csv(DATA / "machine.csv", parse_dates=["time"])
    assert list(table.columns) == ["time", "temperature", "current", "vibration", "label"]
    assert len(table) == 70 * 144
    assert (table["time"].diff().dropna() == pd.Timedelta(minutes=10)).all()
    assert not table.isna().any().any() and set(table["label"]) == {0, 1}
    values = table[["temperature", "current", "vibration"]]
    for channel in values:
        assert values[channel].autocorr(144) > 0.8, channel
    events = runs(table["label"].to_numpy())
    early = events[:, 1] < 0.6 * len(table)
    assert early.sum() == 2 and len(events) == 13
    assert 0.05 < table["label"][int(0.6 * len(table)) :].mean() < 0.3
    lengths = events[:, 1] - events[:, 0] + 1
    assert lengths.min() == 1 and lengths.max() == 120
    assert (events[1:, 0] - events[:-1, 1]).min() > 72  # half a day of room


def test_the_machines_trouble_is_of_six_kinds():
    script = runpy.run_path(str(DATA / "make_samples.py"))
    kinds = {kind for _, kind, _, _ in script["TROUBLE"]}
    assert kinds == {"spike", "level_shift", "flat_line", "noise_burst", "time_warp", "swap"}
    late = [kind for day, kind, _, _ in script["TROUBLE"] if day > 0.6 * 70]
    assert set(late) == kinds
