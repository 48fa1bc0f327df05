"""Text from a run that `fit` left: the network, the simple methods, the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import DATA, Done, advances, left_alone, parse

from seqtune.errors import RunError
from seqtune.run.run import Run

Command = Callable[..., Done]
Refused = Callable[..., tuple[str, str]]

TINY = (
    *("--task", "generate", "--trials", "1", "--budget", "9h", "--workers", "1"),
    *("--set", "portfolio=[]", "--set", "search.stopping=none", "--set", "network.cell=gru"),
    *("--set", "network.units=8", "--set", "network.layers=1", "--set", "network.embedding=4"),
    *("--set", "network.tied=false", "--set", "network.dropout=0"),
    *("--set", "network.weight_dropout=0", "--set", "network.layer_normalization=false"),
    *("--set", "tokens.kind=character", "--set", "training.steps=4"),
    *("--set", "training.steps_per_epoch=2", "--set", "training.batch_size=4"),
    *("--set", "training.sequence=16"),
)
"""Flags of `fit` for a language model that is trained in a moment."""


@pytest.fixture(scope="module")
def tales(seqtune: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the first tales: one small network, unigrams and Kneser-Ney."""
    folder = tmp_path_factory.mktemp("tales")
    text = (DATA / "tales.txt").read_text(encoding="utf-8")[:20_000]
    (folder / "tales.txt").write_text(text, encoding="utf-8")
    seqtune("fit", folder / "tales.txt", *TINY, "--out", folder / "run")
    return folder / "run"


@pytest.fixture(scope="module")
def gaps(seqtune: Command, tales: Path) -> Path:
    """A run on the same tales that fills gaps."""
    out = tales.parent / "gaps"
    words = ("--set", "objective=fill", "--set", "baselines.methods=[unigram]")
    seqtune("fit", tales.parent / "tales.txt", *TINY, *words, "--out", out)
    return out


@pytest.mark.parametrize("folder", ["tales", "gaps"])
def test_it_is_told_how_many_characters_are_done(
    request: pytest.FixtureRequest, tales: Path, folder: str
) -> None:
    """Whatever a token is."""
    opened = Run(request.getfixturevalue(folder))
    text = str(tales.parent / "tales.txt")
    heard = advances(opened, lambda: opened.evaluate(text))
    assert {each.unit for each in heard} == {"characters"}
    assert {each.total for each in heard} == {20_000}


def test_a_gap_is_filled_with_words_of_the_training_text(seqtune: Command, gaps: Path) -> None:
    words = ("generate", gaps, "--fill", "Once there ___ a king", "--json")
    found = seqtune(*words, "--top", "4")
    assert found.json == seqtune(*words, "--top", "4").json
    assert found.json["model"] == "bidirectional_context-gru-t001"  # whatever has the star
    assert found.err == ""
    chances = [each["probability"] for each in found.json["words"]]
    assert len(chances) == 4 and chances == sorted(chances, reverse=True)
    text = (gaps.parent / "tales.txt").read_text(encoding="utf-8")
    assert all(f" {each['word']}" in text for each in found.json["words"])


def test_a_run_that_fills_gaps_writes_nothing_and_says_what_would(
    refused: Refused, gaps: Path
) -> None:
    error, hint = refused("generate", gaps, "--prompt", "Once")
    assert "cannot continue a text" in error and "--fill" in hint
    error, _ = refused("generate", gaps, "--fill", "a ___", "--use", "unigram")
    assert error == "unigram reads from left to right, and cannot fill a gap"


def test_the_report_of_gaps_shows_hidden_words_and_guesses(seqtune: Command, gaps: Path) -> None:
    done = seqtune("report", gaps)
    assert "Words of the test part as bidirectional_context-gru-t001 guesses them" in done.out
    kept = json.loads((gaps / "chart.json").read_text(encoding="utf-8"))
    text = (gaps.parent / "tales.txt").read_text(encoding="utf-8")
    assert len(kept["gaps"]) == 5
    sentences = [f"{gap['before']} {gap['truth']}{gap['after']}" for gap in kept["gaps"]]
    known = [each for each in sentences if "\ufffd" not in each]  # of letters never trained on
    assert len(known) >= 3 and all(each in text for each in known)
    for line in seqtune("report", gaps, "--json").json["next"]:
        assert "--fill" in parse(line)


@pytest.mark.parametrize("row", ["network", "unigram"])
def test_a_row_writes_the_same_again_and_leaves_the_run_alone(
    seqtune: Command, tales: Path, row: str
) -> None:
    words = ("generate", tales, "--prompt", "Once", "--length", "40", "--seed", "3", "--use", row)
    with left_alone(tales):
        first = seqtune(*words)
        again = seqtune(*words)
    assert first.out == again.out
    assert first.out.startswith("Once") and len(first.out) == 4 + 40 + 1
    assert "40 characters in" in first.err


def test_the_winner_writes_and_network_names_the_best_network(
    seqtune: Command, tales: Path
) -> None:
    words = ("generate", tales, "--prompt", "Once there w", "--length", "40", "--json")
    by_default, by_network = seqtune(*words).json, seqtune(*words, "--use", "network").json
    assert (by_default["model"], by_network["model"]) == ("kneser_ney", "stateful-gru-t001")
    assert (
        by_default["texts"][0]["text"]
        == seqtune(*words, "--use", "kneser_ney").json["texts"][0]["text"]
    )
    assert by_network["texts"][0]["text"] != by_default["texts"][0]["text"]
    assert seqtune(*words).err.count("\n") == 1  # how fast it was
    scores = seqtune("evaluate", tales, tales.parent / "tales.txt", "--json").json["scores"]
    assert [score["name"] for score in scores] == ["kneser_ney", "stateful-gru-t001"]


def test_a_simple_method_writes_what_it_counted(seqtune: Command, tales: Path) -> None:
    words = ("--use", "kneser_ney", "--temperature", "0", "--length", "5")
    done = seqtune("generate", tales, "--prompt", "Once there w", *words)
    assert done.out == "Once there was a \n"


def test_unknown_characters_of_a_prompt_are_told_and_kept(seqtune: Command, tales: Path) -> None:
    done = seqtune("generate", tales, "--prompt", "ß→b", "--length", "5", "--quiet")
    assert done.out.startswith("ß→b") and len(done.out) == 3 + 5 + 1
    assert done.err == ("note: the training text has no 'ß', '→': read as an unknown character\n")


def test_next_words_of_the_network_and_of_a_simple_method(seqtune: Command, tales: Path) -> None:
    found = seqtune("generate", tales, "--next", "Once", "--use", "network", "--json").json
    assert found["model"] == "stateful-gru-t001" and len(found["words"]) <= 10
    chances = [each["probability"] for each in found["words"]]
    assert chances == sorted(chances, reverse=True)
    known = seqtune("generate", tales, "--next", "Once there w", "--json").json  # of the winner
    assert (known["model"], known["words"][0]["word"]) == ("kneser_ney", "was")


def test_a_run_that_writes_cannot_fill_gaps_and_says_which_could(
    refused: Refused, tales: Path
) -> None:
    error, hint = refused("generate", tales, "--fill", "Once ___ a time")
    assert "was fitted to continue a text" in error
    assert hint.startswith("seqtune fit ") and hint.endswith("--set objective=fill")
    parse(hint)


def test_an_unknown_row_is_refused(refused: Refused, tales: Path) -> None:
    error, _ = refused("generate", tales, "--use", "kneser_nay")
    assert "did you mean 'kneser_ney'" in error
    assert "network" in refused("generate", tales, "--use", "nonsense")[0]


def test_other_tasks_write_no_text(refused: Refused, airline: Path) -> None:
    for words in (("--prompt", "a"), ("--next", "a"), ("--fill", "a ___")):
        error, hint = refused("generate", airline, *words)
        assert error == f"{airline} is a run of forecast, which writes no text"
        assert hint == f"seqtune predict {airline}"


def test_the_report_shows_a_sample_with_its_check_and_what_to_type_next(
    seqtune: Command, tales: Path
) -> None:
    done = seqtune("report", tales)
    assert "A sample of kneser_ney at temperature 0.7" in done.out  # of the winner
    assert "longest part in the training text: " in done.out
    kept = json.loads((tales / "chart.json").read_text(encoding="utf-8"))
    assert len(kept["text"]) == 1000 and kept["run"] in kept["text"]
    training = (tales.parent / "tales.txt").read_text(encoding="utf-8")
    assert kept["run"] in training
    lines = seqtune("report", tales, "--json").json["next"]
    assert any("--prompt" in line for line in lines)
    for line in lines:
        parse(line)


@pytest.mark.parametrize("change", [{"runs": -1}, {"run": "not in it"}, {"text": ["a"]}])
def test_a_sample_that_is_none_is_refused(
    refused: Refused, tales: Path, change: dict[str, object]
) -> None:
    path = tales / "chart.json"
    kept = path.read_text(encoding="utf-8")
    try:
        path.write_text(json.dumps({**json.loads(kept), **change}), encoding="utf-8")
        error, _ = refused("report", tales)
    finally:
        path.write_text(kept, encoding="utf-8")
    assert "chart.json is damaged" in error


@pytest.mark.parametrize("row", ["network", "kneser_ney"])
def test_what_training_never_had_is_never_written(tales: Path, row: str) -> None:
    run = Run(tales)
    codec = run.prepared.codec
    spellings = codec.tokens["character"].vocabulary
    counts = tuple(int(spelling in "abc") for spelling in spellings)
    vars(run.predictor)["prepared"] = replace(
        run.prepared, codec=replace(codec, counts={"character": counts})
    )
    text = run.generate("Once", 200, use=row, temperature=1000.0)
    assert set(text.removeprefix("Once")) == set("abc")


def test_python_gets_the_text_and_the_words(tales: Path) -> None:
    run = Run(tales)
    text = run.generate("Once", 30, seed=2, temperature=0.5)
    assert text.startswith("Once") and len(text) == 34
    assert text == Run(tales).generate(prompt="Once", length=30, seed=2, temperature=0.5)
    assert "a" not in run.generate("Once", 200, stop=["a"])[4:]
    for use in (None, "kneser_ney"):  # which is the winner
        assert run.generate("Once there w", 5, temperature=0, use=use) == "Once there was a "
        assert run.next_words("Once there w", top=1, use=use)[0].word == "was"
    with pytest.raises(RunError, match="cannot fill gaps"):
        run.fill("a ___ b")
