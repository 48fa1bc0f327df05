"""Tagging as a user types it: every form of sentences, and steps; what is refused, and how."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from command_line import TINY_TAG, parse

FORMS = {
    "conll": (
        "# a comment\n"
        "we\tX\nfly\tO\nto\tO\nNew\tO\nYork\tO\n\n\n"
        "flight\tO\n7\tO\r\nnow\tO\n"
    ),
    "conllu": (
        "# sent_id = 1\n"
        "1-2\tdel\t_\t_\t_\t_\t_\t_\t_\t_\n"
        "1\tde\tde\tADP\tX\t_\t2\tcase\t_\tkept=yes\n"
        "2\tel\tel\tDET\tX\t_\t0\troot\t_\t_\n"
        "2.1\tnode\t_\t_\t_\t_\t_\t_\t_\t_\n"
        "3\tBoston\tBoston\tPROPN\tX\t_\t2\tdep\t_\t_\n\n"
    ),
    "tokens.jsonl": (
        '{"id": 1,  "tokens": ["fly", "to", "Rome"], "tags": ["O", "O", "O"]}\n'
        '{"id": 2,  "tokens": [], "tags": []}\n'
        '{"id": 3,  "tokens": ["York \u00fc"], "tags": ["O"], "more": 1.50}\n'
    ),
    "spans.jsonl": (
        '{"text": "fly to New York, now", "spans": [], "id": 1}\n{"text": "", "id": 2}\n'
    ),
    "in": "fly to New York\n\nyes\n",
}  # fmt: skip
"""New sentences in every form, with tags that are to be replaced."""


def requests(count=40, seed=0):
    """Sentences of equal length that name a town, as tokens and BIO tags."""
    draw = np.random.default_rng(seed)
    towns = (("Denver",), ("New", "York"), ("Boston",))
    for number in range(count):
        town = towns[draw.integers(3)]
        tokens = ["flight", str(number), "to", *town, "please", "now"][:6]
        tags = ["O"] * 3 + ["B-town", "I-town"][: len(town)] + ["O"] * 3
        yield tokens, tags[:6]


def conll(sentences):
    return "\n".join("".join(map("{}\t{}\n".format, *each)) for each in sentences)


def conllu(sentences):
    """The same in ten columns, tags in the fifth."""
    line = "{}\t{}\t_\tX\t{}\t_\t_\t_\t_\t_\n".format
    return "\n".join("".join(map(line, range(1, 9), *each)) for each in sentences)


@pytest.fixture(scope="session")
def tokens(seqtune, tmp_path_factory):
    """A run on sentences in CoNLL-U, of one network and one simple method."""
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "requests.conllu").write_text(conllu(requests()), encoding="utf-8")
    done = seqtune(
        "fit", folder / "requests.conllu", "--task", "ner", "--label", "xpos", *TINY_TAG,
        "--executor", "inline", "--out", folder / "run",
    )  # fmt: skip
    (folder / "fit.txt").write_text(done.out, encoding="utf-8")
    (folder / "said.txt").write_text(done.err, encoding="utf-8")
    return folder / "run"


@pytest.fixture(scope="session")
def steps(seqtune, tmp_path_factory):
    """A run on steps of several wearers, whose rows are shuffled and some without a label."""
    folder = tmp_path_factory.mktemp("steps")
    wearers().to_csv(folder / "steps.csv", index=False)
    done = seqtune(
        "fit", folder / "steps.csv", "--task", "tag", *TINY_TAG, "--executor", "inline",
        "--out", folder / "run",
    )  # fmt: skip
    (folder / "fit.txt").write_text(done.out, encoding="utf-8")
    (folder / "said.txt").write_text(done.err, encoding="utf-8")
    return folder / "run"


def wearers(count=10, seed=1):
    """Steps of two channels that are still or restless; rows of wearers by turns."""
    draw = np.random.default_rng(seed)
    rows = [
        {
            "wearer": f"w{wearer}", "time": step,
            "x": round(draw.normal(0, 1 if step // 8 % 2 else 0.1), 3), "y": wearer + step / 10,
            "activity": "walking" if step // 8 % 2 else "sitting",
        }
        for step in range(24)
        for wearer in range(count)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table.loc[table["wearer"] == "w3", "activity"] = None
    table.loc[40, "x"] = np.nan
    return table


def read(path):
    return path.read_text(encoding="utf-8")


# tokens


def test_fit_shows_the_leaderboard_sentences_and_what_comes_next(tokens):
    out, said = read(tokens.parent / "fit.txt"), read(tokens.parent / "said.txt")
    assert "Leaderboard, by span F1 on the validation part (higher is better)" in out
    for row in ("commonest_tag", "stacked-gru-t001"):
        assert row in out
    assert "scheme: bio (as B-, I- and O stand in the tags; --set data.scheme=none)" in said
    following = " ".join(out[out.index("Next:") :].replace("\\\n", " ").split())
    for each in following.split(" seqtune ")[1:]:
        parse(f"seqtune {each}")


def test_report_is_one_json_document_with_every_metric(tokens, seqtune):
    report = seqtune("report", tokens, "--json").json
    assert (report["task"], report["status"], report["metric"]) == ("tag", "complete", "span_f1")
    metrics = {
        *("accuracy", "macro_f1", "span_f1", "log_loss", "edit_score", "wrong_stretch"),
    }  # fmt: skip
    for row in report["leaderboard"]:
        assert set(row["validation"]) == metrics, row["name"]
    assert seqtune("report", tokens).out


def test_it_answers_a_table_with_a_row_per_token(tokens, seqtune, here):
    (here / "new.conll").write_text(FORMS["conll"], encoding="utf-8")
    table = seqtune("predict", tokens, "new.conll").table
    assert list(table) == ["sentence", "form", "tag", "confidence"]
    assert table["sentence"].tolist() == [1] * 5 + [2] * 3
    assert table["form"].tolist() == ["we", "fly", "to", "New", "York", "flight", "7", "now"]
    assert set(table["tag"]) <= {"O", "B-town", "I-town"}
    assert table["confidence"].between(0, 1).all()
    seqtune("predict", tokens, "new.conll", "-o", "out.csv")
    pd.testing.assert_frame_equal(pd.read_csv("out.csv", float_precision="round_trip"), table)


def tags_of(seqtune, run, path):
    """Return the tags that the table says, with whose answer a file is compared."""
    return seqtune("predict", run, path, "--use", "commonest_tag").table["tag"].tolist()


def written(seqtune, run, path):
    """Return the bytes of a file that is written in the form of another, by the simple method."""
    name = f"out-{path.name}"
    seqtune("predict", run, path.name, "--use", "commonest_tag", "-o", name)
    return (path.parent / name).read_bytes()


def test_conll_is_written_back_with_other_tags_and_no_other_byte(tokens, seqtune, here):
    path = here / "new.conll"
    path.write_bytes(FORMS["conll"].encode())
    tags = tags_of(seqtune, tokens, path)
    assert tags[3:5] == ["B-town", "I-town"] and tags[5:] == ["O", "O", "O"]
    lines = FORMS["conll"].split("\n")
    rest = iter(tags)
    expected = [
        line.split("\t")[0] + "\t" + next(rest) + line[len(line.rstrip("\r")) :]
        if "\t" in line
        else line
        for line in lines
    ]
    assert written(seqtune, tokens, path) == "\n".join(expected).encode()


def test_conllu_keeps_what_is_no_token(tokens, seqtune, here):
    path = here / "new.conllu"
    path.write_bytes(FORMS["conllu"].encode())
    tags = tags_of(seqtune, tokens, path)
    assert tags == ["O", "O", "B-town"]
    before, after = FORMS["conllu"].split("\n"), written(seqtune, tokens, path).decode().split("\n")
    rest = iter(tags)
    for old, new in zip(before, after, strict=True):
        cells, others = old.split("\t"), new.split("\t")
        if cells[0].isdigit():
            (place,) = [at for at, (a, b) in enumerate(zip(cells, others, strict=True)) if a != b]
            assert (place, others[place]) == (4, next(rest))
        else:
            assert old == new


def test_json_lines_of_tokens_get_their_list_of_tags(tokens, seqtune, here):
    path = here / "new.jsonl"
    path.write_bytes(FORMS["tokens.jsonl"].encode())
    assert tags_of(seqtune, tokens, path)[:2] == ["O", "O"]
    after = written(seqtune, tokens, path).decode().splitlines()
    for old, new in zip(FORMS["tokens.jsonl"].splitlines(), after, strict=True):
        one, other = json.loads(old), json.loads(new)
        assert len(other["tags"]) == len(one["tokens"]) and {**one, "tags": other["tags"]} == other
        assert new.startswith(old[: old.index('"tags"')])
    assert after[2].endswith('"more": 1.50}')


def test_json_lines_of_texts_get_spans(tokens, seqtune, here):
    path = here / "new.jsonl"
    path.write_bytes(FORMS["spans.jsonl"].encode())
    assert tags_of(seqtune, tokens, path) == ["O", "O", "B-town", "I-town", "O", "O"]
    first, second = map(json.loads, written(seqtune, tokens, path).decode().splitlines())
    assert first["spans"] == [[7, 15, "town"]] and first["id"] == 1
    assert second["text"] == "" and second["id"] == 2


def test_lines_of_tokens_are_answered_by_lines_of_tags(tokens, seqtune, here):
    path = here / "new.in"
    path.write_bytes(FORMS["in"].encode())
    seqtune("predict", tokens, "new.in", "--use", "commonest_tag", "-o", "new.out")
    first, second, third, end = (here / "new.out").read_bytes().split(b"\n")
    assert first == b"O O B-town I-town" and second == end == b"" and len(third.split()) == 1


def test_a_line_of_stdin_is_a_sentence(tokens, seqtune, monkeypatch):
    def answer(text, *words):
        stdin = SimpleNamespace(isatty=lambda: False, buffer=io.BytesIO(text))
        monkeypatch.setattr(sys, "stdin", stdin)
        return seqtune("predict", tokens, "-", "--use", "commonest_tag", *words).out.splitlines()

    assert answer(b"flight 9 to New York, now\n\nBoston\n") == [
        "O O O B-town I-town O O", "", "B-town",
    ]  # fmt: skip
    assert answer(b"Boston\n") == ["B-town"]
    (told,) = map(json.loads, answer(b"New York.\n", "--json"))
    assert told["form"] == ["New", "York", "."] and told["tag"][:2] == ["B-town", "I-town"]
    assert len(told["confidence"]) == 3


def test_evaluate_scores_known_tags_and_counts_those_never_seen(tokens, seqtune, here):
    known = list(requests(6, seed=5))
    (here / "known.conll").write_text(conll(known), encoding="utf-8")
    done = seqtune("evaluate", tokens, "known.conll", "--use", "commonest_tag")
    assert "36 tokens, by span F1" in " ".join(done.out.split())
    scores = seqtune("evaluate", tokens, "known.conll", "--json").json["scores"]
    by_name = {row["name"]: row["metrics"] for row in scores}
    assert by_name["commonest_tag"]["span_f1"] == by_name["commonest_tag"]["accuracy"] == 1.0
    one, tags = known[0]
    known[0] = one, ["B-food", *tags[1:]]
    (here / "known.conll").write_text(conll(known), encoding="utf-8")
    done = seqtune("evaluate", tokens, "known.conll", "--json")
    assert "tags that the run has never seen: 'B-food', at 1 position" in done.err
    by_name = {row["name"]: row["metrics"] for row in done.json["scores"]}
    assert by_name["commonest_tag"]["accuracy"] == pytest.approx(35 / 36)


def test_a_long_table_is_read_by_a_run_on_another_form(tokens, seqtune, here):
    rows = [(number, *each) for number, pair in enumerate(requests(4)) for each in zip(*pair)]  # noqa: B905
    table = pd.DataFrame(rows, columns=["sentence", "form", "xpos"])
    table.to_csv("new.csv", index=False)
    said = seqtune("predict", tokens, "new.csv", "--use", "commonest_tag").table
    assert said["tag"].tolist() == table["xpos"].tolist()
    assert said["sentence"].tolist() == table["sentence"].tolist()


# steps


def test_steps_are_tagged_in_the_order_of_the_file(steps, seqtune, here):
    said = read(steps.parent / "said.txt")
    assert "series: wearer" in said and "label: activity" in said
    assert "sequences without any label: 1 of 10, the first is 'w3'" in said
    assert "missing values, filled from those around them in their series: 1, the first" in said
    new = wearers(3, seed=2).drop(columns="activity").sample(frac=1, random_state=0)
    new.to_csv("new.csv", index=False)
    table = seqtune("predict", steps, "new.csv", "--use", "network").table
    assert list(table) == ["row", "wearer", "tag", "confidence"]
    assert table["row"].tolist() == list(range(1, 73))
    assert table["wearer"].tolist() == new["wearer"].tolist()
    ordered = new.sort_values(["wearer", "time"], ignore_index=True)
    ordered.to_csv("sorted.csv", index=False)
    again = seqtune("predict", steps, "sorted.csv", "--use", "network").table
    sure = [
        each["confidence"].set_axis(pd.MultiIndex.from_frame(rows[["wearer", "time"]])).sort_index()
        for each, rows in ((table, new), (again, ordered))
    ]
    pd.testing.assert_series_equal(*sure, rtol=1e-6)
    assert table["confidence"].nunique() > 9


def test_steps_are_scored_and_shown(steps, seqtune, here):
    assert "Leaderboard, by accuracy" in read(steps.parent / "fit.txt")
    wearers(3, seed=2).to_csv("known.csv", index=False)
    done = seqtune("evaluate", steps, "known.csv")
    assert "72 steps, by accuracy" in " ".join(done.out.split())
    scores = seqtune("evaluate", steps, "known.csv", "--json").json["scores"]
    (majority,) = [row["metrics"] for row in scores if row["name"] == "majority"]
    assert majority["accuracy"] == pytest.approx(2 / 3)  # 16 of 24 steps are still


# what is refused


@pytest.mark.parametrize(("content", "found", "mend"), [
    ("we fly to Rome\nyes\n", ":1: tokens in column 'token': 4; labels in column 'tag': 3", ""),
    (None, "is 'O' in every row, so there is nothing to learn", "--label COLUMN"),
])  # fmt: skip
def test_bad_sentences_are_refused(content, found, mend, refused, here):
    """Never fits anything: a sentence with fewer tags than tokens, one tag for all."""
    if content:
        (here / "seq.in").write_text(content, encoding="utf-8")
        (here / "seq.out").write_text("O O O\nO\n", encoding="utf-8")
        words = ("seq.in", "--label", "seq.out")
    else:
        (here / "same.conll").write_text("a\tO\nb\tO\n\nc\tO\n" * 9, encoding="utf-8")
        words = ("same.conll",)
    error, hint = refused("fit", *words, "--task", "tag", *TINY_TAG, "--out", "run")
    assert found in error and mend in hint
    assert not (here / "run").exists()


def test_a_label_of_whole_series_is_sent_to_classification(refused, here):
    table = wearers().assign(activity=lambda rows: rows["wearer"].map(lambda name: name > "w4"))
    table.to_csv("steps.csv", index=False)
    error, hint = refused("fit", "steps.csv", "--task", "segment", "--label", "activity",
                          *TINY_TAG, "--out", "run")  # fmt: skip
    assert "column 'activity' is constant within each series (column 'wearer')" in error
    assert hint.startswith("--task classify --label activity --series wearer")


def test_a_run_of_tokens_refuses_what_lacks_them(tokens, refused, here):
    pd.DataFrame({"x": [1.0, 2.0]}).to_csv("new.csv", index=False)
    error, hint = refused("predict", tokens, "new.csv")
    assert "new.csv" in error and "lacks" in error and hint
    error, hint = refused("predict", tokens)
    assert error == "found no data to tag, expected a file" and "predict" in hint
