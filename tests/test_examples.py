"""The scripts of `examples/`: each runs on a slice of a sample, in the form of the public data."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import pandas as pd
import pytest
from command_line import DATA

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(path.stem for path in EXAMPLES.glob("*.py"))

QUICK = {"trials": 0, "budget": "9h", "workers": 1}
"""No network is searched: what an example does with a run is the same for a simple method."""


def run(name, *files, folder, methods, **options):
    """Run the `main` of an example as its command line would."""
    main = runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"]
    return main(*files, folder=folder, set=[f"baselines.methods={methods}"], **QUICK, **options)


def written(path, lines):
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def test_the_electricity_of_three_clients(tmp_path, capsys):
    load = pd.read_csv(DATA / "power.csv")["load"].head(24 * 28)
    times = pd.date_range("2014-01-01 00:15", periods=4 * len(load), freq="15min")
    rows = [
        ";".join([f'"{time}"', *(f"{share * load[place // 4]:.3f}".replace(".", ",")
                                 for share in (1, 0.5, 2, 0))])
        for place, time in enumerate(times)
    ]  # fmt: skip
    file = written(tmp_path / "LD2011_2014.txt", ['"";"MT_001";"MT_002";"MT_003";"MT_004"', *rows])
    found = run("electricity", file, folder=tmp_path, methods="[naive,seasonal_naive]", clients=3)
    assert found.groupby("client").size().to_dict() == {"MT_001": 24, "MT_002": 24, "MT_003": 24}
    assert "seasonal_naive: MASE" in capsys.readouterr().out


def test_a_machine_in_the_place_of_taxis(tmp_path, capsys):
    table = pd.read_csv(DATA / "machine.csv").iloc[::2].head(2500)
    file = tmp_path / "nyc_taxi.csv"
    table.rename(columns={"time": "timestamp", "temperature": "value"})[
        ["timestamp", "value"]
    ].to_csv(file, index=False)
    found = run("taxi", file, folder=tmp_path, methods="[seasonal_residual]")
    assert len(found) and (found["end"] >= found["begin"]).all()
    assert found["score"].is_monotonic_decreasing
    assert "at 1 alarm in 1,000 rows" in capsys.readouterr().out


def test_messages_that_are_spam_or_not(tmp_path, capsys):
    table = pd.read_csv(DATA / "messages.csv", keep_default_na=False).head(300)
    label = table["label"].eq("payment").map({True: "spam", False: "ham"})
    text = table["text"].str.replace(r"\s+", " ", regex=True)
    file = written(tmp_path / "SMSSpamCollection", label + "\t" + text)
    found = run("spam", file, folder=tmp_path, methods="[majority,tfidf_naive_bayes]")
    assert len(found) == 10 and found["p_spam"].is_monotonic_decreasing
    assert set(found["label"]) <= {"spam", "ham"}
    assert "of 60 messages" in capsys.readouterr().out


def test_words_and_their_parts_of_speech(tmp_path, capsys):
    def sentence(number):
        words = [("flight", "NOUN"), (str(number), "NUM"), ("to", "ADP"), ("Oslo", "PROPN")]
        line = "{}\t{}\t_\t{}\t_\t_\t_\t_\t_\t_\n".format
        return "".join(line(place, *word) for place, word in enumerate(words, start=1)) + "\n"

    for name, numbers in (("train", range(60)), ("test", range(60, 70))):
        (tmp_path / f"{name}.conllu").write_text("".join(map(sentence, numbers)))
    files = tmp_path / "train.conllu", tmp_path / "test.conllu"
    found = run("parts_of_speech", *files, folder=tmp_path, methods="[commonest_tag]")
    assert [word for word, _ in found] == [
        "The",
        "old",
        "man",
        "the",
        "boat",
        ",",
        "and",
        "nobody",
        "minds",
        ".",
    ]
    assert {tag for _, tag in found} <= {"NOUN", "NUM", "ADP", "PROPN"}
    assert "of the words of test.conllu are right" in capsys.readouterr().out


def test_a_book_without_its_notices(tmp_path, capsys):
    tales = (DATA / "tales.txt").read_text(encoding="utf-8")[:20_000].splitlines()
    lines = ["\ufeffA notice", "*** START OF THE BOOK ***", *tales, "*** END OF THE BOOK ***", "A"]
    file = written(tmp_path / "pg1.txt", lines)
    found = run("shakespeare", file, folder=tmp_path, methods="[kneser_ney]")
    assert found.startswith("ROMEO") and len(found) > 100
    kept = (tmp_path / "text.txt").read_text(encoding="utf-8")
    assert kept == "\n".join(tales).strip() + "\n"
    assert "%" in capsys.readouterr().out


def test_pairs_of_short_sentences(tmp_path, capsys):
    table = pd.read_csv(DATA / "phrases.csv").head(300)
    lines = table["english"] + "\t" + table["velish"] + "\tCC-BY 2.0"
    file = written(
        tmp_path / "deu.txt", [*lines, "One two three four five six seven eight nine\tx\ty"]
    )
    found = run("sentence_pairs", file, folder=tmp_path, methods="[copy,translation_memory]")
    assert {"prediction", "score"} <= set(found.columns) and len(found) >= 5
    assert "chrf" in capsys.readouterr().out


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_example_says_where_its_data_come_from_and_how_it_is_called(name):
    page = ast.get_docstring(ast.parse((EXAMPLES / f"{name}.py").read_text(encoding="utf-8")))
    assert f"\n    python examples/{name}.py " in page
    assert "The data are" in page and "https://" in page and "What it shows: " in page


def test_every_example_is_run_here_and_named_on_their_page():
    tests = Path(__file__).read_text(encoding="utf-8")
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for name in SCRIPTS:
        assert re.search(rf'run\(\s*"{name}",', tests) and f"| `{name}.py` |" in page
