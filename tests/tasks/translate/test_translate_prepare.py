"""From a table to pairs: references, parts, vocabularies, and what is said of bad input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.parallel_texts import read_parallel
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.errors import DataError
from seqtune.progress import Assumption, Event, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.translate.prepare import prepare
from seqtune.tasks.translate.prepared import Prepared
from seqtune.tasks.translate.split import TEST, TRAIN, VALIDATION, split_cases

NOUNS = ("bird", "dog", "cat", "horse", "cow")
VERBS = ("sings", "runs", "sleeps", "eats", "sits")
GERMAN = dict(
    zip((*NOUNS, *VERBS), ("Vogel", "Hund", "Kater", "Gaul", "Ochse", "singt", "rennt", "schläft",
    "frisst", "sitzt"), strict=True),
)  # fmt: skip


def sentences(count: int = 25) -> dict[str, list[str]]:
    """A sentence for each noun and verb."""
    pairs = [(noun, verb) for noun in NOUNS for verb in VERBS][:count]
    return {
        "source": [f"The {noun} {verb} here." for noun, verb in pairs],
        "target": [f"Der {GERMAN[noun]} {GERMAN[verb]} hier." for noun, verb in pairs],
    }


def words(count: int = 24) -> dict[str, list[str]]:
    """Spellings, and the sound of each letter."""
    draw = np.random.default_rng(0)
    spelled = ["".join(draw.choice(list("abt"), size=1 + at % 5)) + "a" for at in range(count)]
    spelled = [f"{word}{'ab'[at % 2]}" for at, word in enumerate(spelled)]
    return {"word": spelled, "phones": [" ".join(word) for word in spelled]}


def prepared_of(columns: Any, *overrides: str) -> tuple[Prepared, Recipe, list[Event]]:
    heard: list[Event] = []
    source = columns
    if not isinstance(source, Source):
        source = Source.from_frame(pd.DataFrame(columns))
    recipe = Recipe.load(None, "translate", overrides)
    prepared, recipe = prepare(source, recipe, heard.append)
    return prepared, recipe, heard


def notes(heard: list[Event]) -> list[str]:
    return [event.text for event in heard if isinstance(event, Note)]


def taken(heard: list[Event]) -> dict[str, str]:
    return {event.what: event.taken for event in heard if isinstance(event, Assumption)}


def refusal(columns: Any, *overrides: str) -> str:
    with pytest.raises(DataError) as fault:
        prepared_of(columns, *overrides)
    assert fault.value.hint
    return fault.value.message


# pairs, cases and parts


def test_sources_and_answers_come_back_from_their_tokens() -> None:
    columns = sentences()
    prepared, recipe, heard = prepared_of(columns)
    codec = prepared.codec
    assert (codec.source_kind, codec.target_kind, prepared.metric) == ("text", "text", "bleu")
    for kind in ("word", "subword"):
        tokens = prepared.targets[kind].select(np.arange(25))
        decode = codec.tokenizers["target"][kind].decode
        assert [decode(each.tolist()) for each in tokens] == columns["target"]
    assert prepared.source_texts(np.arange(25)) == columns["source"]
    assert prepared.target_texts(np.arange(25)) == columns["target"]
    assert (recipe.get("data.source"), recipe.get("data.target")) == ("source", "target")
    assert recipe.get("tokens.source") == recipe.get("tokens.target") == ("word", "subword")
    assert taken(heard)["tokens of answers"] == "word or subword"


def test_rows_of_one_source_are_references_of_one_case() -> None:
    columns = sentences(20)
    columns["source"] += ["The  bird sings here. ", "The bird sings here.", "The dog runs here."]
    columns["target"] += ["Hier singt er.", "Der Vogel singt hier.", "Er rennt."]
    prepared, _, heard = prepared_of(columns)
    assert len(prepared.parts) == 20 and len(prepared.case) == 23
    assert prepared.case[20:].tolist() == [0, 0, 6]
    assert prepared.references(np.array([0, 1, 6])) == [
        ("Der Vogel singt hier.", "Hier singt er."),  # each once, in their order
        ("Der Vogel rennt hier.",),
        ("Der Hund rennt hier.", "Er rennt."),
    ]
    assert any("23 rows have 20 different sources" in note for note in notes(heard))
    learnt = prepared.pairs("train")
    assert np.array_equal(learnt, np.flatnonzero(prepared.parts[prepared.case] == TRAIN))
    for seed in range(5):  # wherever the case is, all its pairs are
        parts = prepared_of(columns, f"seed={seed}")[0]
        assert (0 in parts.rows["train"]) == ({0, 20, 21} <= {*parts.pairs("train").tolist()})


def test_held_out_cases_have_their_references() -> None:
    columns = sentences()
    prepared, _, _ = prepared_of(columns)
    for part in ("validation", "test"):
        encoded, rows = prepared.encoded(part), prepared.rows[part]
        assert encoded.sources == [columns["source"][row] for row in rows]
        assert [*encoded.references] == [(columns["target"][row],) for row in rows]
        assert len(encoded) == len(rows) == len(encoded.inputs["word"])
        assert encoded.lines.tolist() == rows.tolist()
        assert encoded.plain() == encoded.sources
        assert set(encoded.inputs) == {"word", "subword"}
        first = prepared.inputs["word"].select(rows[:1])[0]
        assert encoded.inputs["word"].select([0])[0].tolist() == first.tolist()


def test_what_may_be_learnt_from_grows_with_the_parts() -> None:
    prepared, _, _ = prepared_of(sentences())
    train, validation, test = (prepared.rows[part] for part in ("train", "validation", "test"))
    assert sorted([*train, *validation, *test]) == [*range(25)]
    assert prepared.pairs("train").tolist() == train.tolist()
    assert prepared.pairs("validation").tolist() == sorted([*train, *validation])
    assert prepared.pairs("test").tolist() == [*range(25)]
    assert prepared.until("validation").tolist() == sorted([*train, *validation])


def test_parts_have_their_shares_and_the_seed_decides() -> None:
    parts = split_cases(100, 0.2, 0.1, seed=3)
    assert np.bincount(parts).tolist() == [70, 20, 10]
    assert np.array_equal(parts, split_cases(100, 0.2, 0.1, seed=3))
    assert not np.array_equal(parts, split_cases(100, 0.2, 0.1, seed=4))
    assert np.bincount(split_cases(6, 0.01, 0.01, seed=0)).tolist() == [4, 1, 1]
    assert {TRAIN, VALIDATION, TEST} == {0, 1, 2}
    with pytest.raises(DataError, match="leave none"):
        split_cases(6, 0.49, 0.45, seed=0)


# nothing leaks


@pytest.mark.parametrize("side", ["source", "target"])
def test_words_of_validation_and_test_do_not_enter_what_is_fitted(side: str) -> None:
    plain, _, _ = prepared_of(sentences(), "tokens.least_count=1")
    columns = sentences()
    for row in (*plain.rows["validation"], *plain.rows["test"]):
        columns[side][row] += " ΨΨ planted planted planted"
    planted, _, _ = prepared_of(columns, "tokens.least_count=1")
    assert np.array_equal(planted.parts, plain.parts)
    assert planted.codec.tokenizers == plain.codec.tokenizers
    assert planted.codec.counts == plain.codec.counts
    assert planted.codec.longest == plain.codec.longest


def test_counts_are_those_of_the_training_answers_with_an_end_each() -> None:
    prepared, _, _ = prepared_of(words())
    learnt = prepared.pairs("train")
    counts = prepared.codec.counts["symbol"]
    tokens = prepared.targets["symbol"].select(learnt)
    assert counts[END] == len(learnt)
    assert sum(counts) == len(learnt) + sum(map(len, tokens))
    place = prepared.codec.tokenizers["target"]["symbol"].ids["a"]
    assert counts[place] == sum((each == place).sum() for each in tokens)


# symbols


def test_spellings_are_characters_and_sounds_are_symbols() -> None:
    columns = words()
    prepared, recipe, heard = prepared_of(columns)
    assert (recipe.get("tokens.source"), recipe.get("tokens.target")) == ("character", "symbol")
    assert (recipe.get("data.kind"), recipe.get("data.target_kind")) == ("text", "symbols")
    assert prepared.metric == "exact_match" == taken(heard)["metric"]
    assert prepared.targets["symbol"].lengths.tolist() == [*map(len, columns["word"])]
    values = {"tokens.source": "character", "tokens.target": "symbol"}
    assert prepared.codec.tokenizer("source", values).kind == "character"
    assert prepared.codec.tokenizer("target", values).kind == "symbol"


def test_blanks_between_symbols_do_not_count() -> None:
    columns = words()
    columns["phones"] = [f" {each.replace(' ', '  ')}" for each in columns["phones"]]
    assert prepared_of(columns)[0].target_texts(np.arange(24)) == words()["phones"]


def test_one_kind_of_token_that_is_asked_for_is_taken() -> None:
    prepared, recipe, heard = prepared_of(
        sentences(), "tokens.source=character", "tokens.target=[subword,symbol]"
    )
    assert recipe.get("tokens.source") == "character" and recipe.get("tokens.target") == "subword"
    assert not any("tokens" in what for what in taken(heard))
    assert prepared.codec.source_names == ("character",)


# the metric


@pytest.mark.parametrize(("targets", "metric"), [
    ([f"2020-01-{day:02d}" for day in range(1, 25)], "exact_match"),
    ([f"word{'x' * at}" for at in range(24)], "exact_match"),
    (["yes it is so", "no it is not"] * 12, "exact_match"),  # chosen, not written
    ([f"this is the answer {'x' * at} today" for at in range(24)], "bleu"),
])  # fmt: skip
def test_the_metric_follows_the_answers(targets: list[str], metric: str) -> None:
    columns = {"source": [f"the question {'y' * at} is" for at in range(24)], "target": targets}
    assert prepared_of(columns)[0].metric == metric
    assert prepared_of(columns, "metric=chrf")[0].metric == "chrf"


# bad input


def file_of(folder: Path, columns: dict[str, list[str]]) -> Source:
    pd.DataFrame(columns).to_csv(folder / "t.csv", index=False)
    return read_source(folder / "t.csv")


def test_rows_without_source_or_answer_are_left_out_and_counted(tmp_path: Path) -> None:
    columns = sentences()
    columns["source"][2] = " "
    columns["target"][4] = columns["target"][7] = ""
    columns["source"][7] = ""
    prepared, _, heard = prepared_of(file_of(tmp_path, columns))
    assert len(prepared.case) == 22 and prepared.lines.tolist()[:4] == [0, 1, 3, 5]
    said = notes(heard)
    assert f"2 rows without a source left out, the first at {tmp_path / 't.csv'}:4" in said
    assert f"2 rows without an answer left out, the first at {tmp_path / 't.csv'}:6" in said


def test_columns_without_any_value_are_refused() -> None:
    columns = sentences()
    assert "column 'source' has no values" in refusal({**columns, "source": [""] * 25})
    assert "column 'target' has no values" in refusal({**columns, "target": [" "] * 25})
    half = [""] * 12
    columns = {"source": [*half, *columns["source"][12:]], "target": columns["target"][:12]}
    columns["target"] += [""] * 13
    assert "no row has both" in refusal(columns)


def test_one_answer_for_all_is_refused() -> None:
    assert "is 'same' in every row" in refusal({**sentences(), "target": ["same"] * 25})


def test_sources_that_equal_their_answers_are_said() -> None:
    columns = sentences()
    columns["target"][3] = columns["source"][3]
    said = notes(prepared_of(columns)[2])
    assert any("in 1 of 25 rows the answer equals the source" in note for note in said)
    said = notes(prepared_of({"source": columns["source"], "target": columns["source"]})[2])
    assert any("in all 25 rows" in note and "--target COLUMN" in note for note in said)


def test_too_few_sources_are_refused() -> None:
    assert "found 5 different sources" in refusal(sentences(5))
    many = {name: each * 5 for name, each in sentences(5).items()}
    assert "found 5 different sources" in refusal(many)


def test_long_answers_are_cut_and_scored_whole() -> None:
    columns = sentences()
    prepared, _, heard = prepared_of(columns, "tokens.longest=5", "tokens.target=word")
    assert prepared.targets["word"].lengths.max() == 5
    tokenizer = prepared.codec.tokenizers["target"]["word"]
    first = tokenizer.decode(prepared.targets["word"].select([0])[0].tolist())
    assert columns["target"][0].startswith(first) and first != columns["target"][0]
    assert prepared.references(np.array([0])) == [(columns["target"][0],)]
    assert any("answers are longer than 5 word tokens" in note for note in notes(heard))


def test_long_sources_lose_their_middle() -> None:
    settings = "tokens.longest=4", "tokens.source=word", "tokens.least_count=1"
    prepared, _, heard = prepared_of(sentences(), *settings)
    read = prepared.codec.tokenizers["source"]["word"].words()
    tokens = [read[token] for token in prepared.inputs["word"].select([0])[0]]
    assert tokens == ["The", "bird", "sings", "."]
    assert any("their middle is left out" in note for note in notes(heard))


def test_capitals_are_kept_or_made_small_on_both_sides() -> None:
    prepared, _, _ = prepared_of(sentences(), "tokens.lower=true")
    assert prepared.references(np.array([0])) == [("der vogel singt hier.",)]
    assert prepared.source_texts(np.array([0])) == ["the bird sings here."]
    assert prepared.codec.lower


def test_characters_that_training_never_saw_are_unknown_in_answers() -> None:
    plain, _, _ = prepared_of(sentences(), "tokens.target=character")
    row = int(plain.rows["test"][0])
    columns = sentences()
    columns["target"][row] += "ж"
    prepared, _, heard = prepared_of(columns, "tokens.target=character")
    assert sum("1 answers of the validation" in note for note in notes(heard)) == 1
    assert not any("never saw" in note for note in notes(prepared_of(sentences())[2]))
    assert prepared.targets["character"].select([row])[0][-1] == UNKNOWN
    assert prepared.references(np.array([row])) == [(columns["target"][row],)]


def test_two_files_line_by_line_are_a_table(tmp_path: Path) -> None:
    columns = sentences()
    for name in ("source", "target"):
        (tmp_path / name).write_text("\n".join(columns[name]), encoding="utf-8")
    paths = tmp_path / "source", tmp_path / "target"
    source = read_parallel(*paths, ("source", "target"), ReadOptions())
    prepared, recipe, _ = prepared_of(source, f"data.target={tmp_path / 'target'}")
    assert recipe.get("data.target") == "target"
    assert prepared.target_texts(np.arange(25)) == columns["target"]


def test_figures_of_the_data() -> None:
    columns = sentences(20)
    columns["source"].append(columns["source"][0])
    columns["target"].append("Er singt.")
    figures = prepared_of(columns, "tokens.source=word", "tokens.target=word")[0].describe()
    assert figures["facts"]["cases"] == "20 different sources, 21 answers"
    assert figures["facts"]["sources"] == "5 to 5 word tokens"
    cases = [figures[f"{part}_cases"] for part in ("training", "validation", "test")]
    assert cases == [10, 5, 5] and figures["pairs"] == 21
    assert figures["roles"] == {"source": ("source",), "target": ("target",)}
