"""Classification as a user types it: every kind of data, every command on a run, every refusal."""

from __future__ import annotations

import io
import json
import shlex
import shutil
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from command_line import advances, left_alone, lines, parse

import seqtune as api
from seqtune.run.run import Run

SMALL = (
    *("--trials", "1", "--budget", "9h", "--workers", "1"),
    *("--set", "portfolio=[]", "--set", "refit=false", "--set", "search.stopping=none"),
    *("--set", "network.architecture=segment", "--set", "network.cell=gru"),
    *("--set", "network.units=4", "--set", "network.layers=1", "--set", "network.dropout=0"),
    *("--set", "network.segment.length=2", "--set", "network.pooling=max"),
    *("--set", "text.tokens=word", "--set", "text.embedding=4", "--set", "series.scaling=channel"),
    *("--set", "series.random_kernels=6"),
    *("--set", "validation.folds=0"),
    *("--set", "training.steps=4", "--set", "training.steps_per_epoch=2"),
)
TINY = (*SMALL, "--set", "baselines.methods=[majority]")
"""Flags of `fit` for a search of one network that is trained in a moment."""

GOOD = ["good", "great", "fine", "lovely", "superb"]
BAD = ["bad", "awful", "poor", "dreadful", "dull"]
FILLING = ["the", "film", "was", "really", "a", "story", "with", "some", "actors"]


def words_of(label, draw):
    """A sentence of words that say nothing, and two that tell the label."""
    telling = GOOD if label == "pos" else BAD
    words = [*draw.choice(FILLING, 4 + draw.integers(3)), *draw.choice(telling, 2)]
    return " ".join(draw.permutation(words))


def sentences(rows=48, seed=0, *, pos=0.5):
    """Texts with labels `pos` and `neg`, the first ones `pos`."""
    draw = np.random.default_rng(seed)
    labels = ["pos" if row < pos * rows else "neg" for row in range(rows)]
    return pd.DataFrame({"text": [words_of(each, draw) for each in labels], "label": labels})


def waves(cases=32, steps=12, seed=1):
    """A slow and a fast wave by turns: (cases, steps) and the labels."""
    draw = np.random.default_rng(seed)
    labels = ["slow" if case % 2 else "fast" for case in range(cases)]
    rates = np.where(np.arange(cases) % 2, 0.3, 1.1)[:, None]
    values = np.sin(rates * np.arange(steps) + draw.uniform(0, 6, (cases, 1)))
    return (values + draw.normal(0, 0.05, values.shape)).round(3), labels


def wide(cases=32, seed=1):
    values, labels = waves(cases, seed=seed)
    table = pd.DataFrame(values, columns=[f"s{step}" for step in range(values.shape[1])])
    return table.assign(label=labels)


def long(cases=32, seed=1):
    """Rows of steps of two channels, cases of different lengths, their rows and cases shuffled."""
    values, labels = waves(cases, seed=seed)
    rows = [
        {"case": f"c{case:02d}", "step": step, "x": value, "y": 2 - value, "label": labels[case]}
        for case in range(cases)
        for step, value in enumerate(values[case, : 12 - case % 5])
    ]
    return pd.DataFrame(rows).sample(frac=1, random_state=0, ignore_index=True)


@pytest.fixture(scope="session")
def classify(seqtune):
    """Run `fit --task classify` with a tiny search."""

    def run(data, *words, code=0):
        return seqtune("fit", data, "--task", "classify", *TINY, *words, code=code)

    return run


@pytest.fixture(scope="session")
def texts(seqtune, tmp_path_factory):
    """A run on texts: two networks, refitted on all rows, and two simple methods."""
    folder = tmp_path_factory.mktemp("texts")
    sentences(60).to_csv(folder / "texts.csv", index=False)
    words = [
        *(*SMALL, "--trials", "2", "--set", "refit=true", "--set", "network.units=[4,6]"),
        *("--set", "baselines.methods=[majority,tfidf_naive_bayes]"),
        *("--set", "training.steps=12", "--set", "training.learning_rate=0.03"),
        *("--set", "training.batch_size=16", "--set", "text.word_dropout=0"),
        *("--set", "training.label_smoothing=0", "--set", "training.steps_per_epoch=6"),
    ]
    done = seqtune(
        "fit", folder / "texts.csv", "--task", "classify", *words, "--out", folder / "run"
    )
    (folder / "fit.txt").write_text(done.out)
    return folder / "run"


def assert_predictions(table, names, first="row"):
    """Check the columns, and that labels and confidences are those of the probabilities."""
    assert list(table) == [first, "label", "confidence", *(f"p_{name}" for name in names)]
    shares = table[[f"p_{name}" for name in names]].to_numpy()
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert table["label"].astype(str).tolist() == [names[row.argmax()] for row in shares]
    assert table["confidence"].to_numpy() == pytest.approx(shares.max(axis=1))


def test_fit_reports_leaderboard_confusion_and_what_comes_next(texts):
    out = (texts.parent / "fit.txt").read_text()
    assert "Leaderboard, by accuracy on the validation part (higher is better)" in out
    for row in ("majority", "tfidf_naive_bayes", "segment-gru-t001", "segment-gru-t002"):
        assert row in out
    assert "Answers on the test part" in out and " of 14 cases right (" in out
    following = " ".join(out[out.index("Next:") :].replace("\\\n", " ").split())
    commands = following.split(" seqtune ")[1:]
    assert f"predict {texts} NEW.csv -o predictions.csv" in commands
    for each in commands:
        parse(f"seqtune {each}")


def test_report_is_one_json_document_with_every_metric(texts, seqtune):
    report = seqtune("report", texts, "--json").json
    assert (report["task"], report["status"]) == ("classify", "complete")
    assert (report["metric"], report["direction"]) == ("accuracy", "max")
    assert report["trials"] == {"completed": 2, "failed": 0, "stopped": 0}
    metrics = {"accuracy", "balanced_accuracy", "macro_f1", "log_loss", "calibration_error"}
    boards = {row["name"]: row for row in report["leaderboard"]}
    assert set(boards["majority"]["test"]) == metrics
    assert boards["majority"]["validation"]["accuracy"] == pytest.approx(0.5, abs=0.04)
    assert all(set(row["validation"]) == metrics for row in boards.values())
    assert " of 14 cases right (" in seqtune("report", texts).out


def test_predict_keeps_the_order_of_the_input_and_needs_no_labels(texts, seqtune, here):
    new = sentences(9, seed=5)
    new[["text"]].to_csv("new.csv", index=False)
    table = seqtune("predict", texts, "new.csv").table
    assert_predictions(table, ["neg", "pos"])
    assert table["row"].tolist() == list(range(1, 10))
    new[["text"]][::-1].to_csv("turned.csv", index=False)
    turned = seqtune("predict", texts, "turned.csv").table
    assert turned["p_pos"][::-1].to_numpy() == pytest.approx(table["p_pos"].to_numpy(), abs=1e-6)
    assert table["p_pos"].nunique() > 1


def test_it_is_told_how_many_cases_are_done(texts, here):
    sentences(9, seed=5)[["text"]].to_csv("new.csv", index=False)
    opened = Run(texts)
    heard = advances(opened, lambda: opened.predict("new.csv", use="segment-gru-t001"))
    assert [(each.done, each.total, each.unit) for each in heard] == [(9, 9, "cases")]


def test_a_line_of_stdin_is_a_text(texts, seqtune, monkeypatch):
    stdin = SimpleNamespace(isatty=lambda: False, buffer=io.BytesIO(b"good fine\n\nbad awful\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    table = Run(texts).predict(pd.DataFrame({"text": ["good fine", "bad awful"]}))
    out = seqtune("predict", texts, "-").out.splitlines()
    assert [line.split("\t")[0] for line in out] == [table["label"][0], "", table["label"][1]]


def test_one_case_is_predicted_as_among_others(texts, seqtune, here):
    new = sentences(5, seed=6)
    new.to_csv("new.csv", index=False)
    new[2:3].to_csv("one.csv", index=False)
    five = seqtune("predict", texts, "new.csv").table
    one = seqtune("predict", texts, "one.csv").table
    assert len(one) == 1
    assert one["p_pos"][0] == pytest.approx(five["p_pos"][2], abs=1e-6)


def test_predict_writes_a_file_and_uses_any_row(texts, seqtune, here):
    sentences(6, seed=5).to_csv("new.csv", index=False)
    seqtune("predict", texts, "new.csv", "-o", "out.csv")
    assert_predictions(pd.read_csv("out.csv"), ["neg", "pos"])
    named = {
        row["name"]: seqtune("predict", texts, "new.csv", "--use", row["name"]).table
        for row in seqtune("report", texts, "--json").json["leaderboard"]
    }
    for table in named.values():
        assert_predictions(table, ["neg", "pos"])
    # the majority method's shares are those of all cases of the run: 30 of 60
    assert named["majority"]["p_pos"].tolist() == [0.5] * 6
    assert named["tfidf_naive_bayes"]["label"].tolist() == ["pos"] * 3 + ["neg"] * 3


def test_a_blend_predicts_the_weighted_mean_of_its_members(texts, seqtune, here):
    """Make the ensemble a blend by hand, with weights that are easily worked out."""
    shutil.copytree(texts, here / "run")
    sentences(6, seed=5).to_csv("new.csv", index=False)
    members = json.loads((here / "run/members.json").read_text())
    calibration = json.loads((here / "run/calibration.json").read_text())
    board = json.loads((here / "run/leaderboard.json").read_text())
    network = members["segment-gru-t001"][0]
    method = {**network, "trial": "", "model": "", "refitted": "", "values": {}, "weight": 0.75,
              "method": "tfidf_naive_bayes"}  # fmt: skip
    members = {name: row for name, row in members.items() if name not in ("ensemble", "blend")}
    members["blend"] = [{**network, "weight": 0.25}, method]
    rows = [row for row in board["leaderboard"] if row["name"] not in ("ensemble", "blend")]
    first = next(row for row in rows if row["name"] == "segment-gru-t001")
    board["leaderboard"] = [*rows, {**first, "name": "blend", "kind": "ensemble"}]
    calibration["blend"] = {"temperature": 1.0}
    calibration["t001"] = calibration["tfidf_naive_bayes"] = {"temperature": 1.0}
    for name, values in (
        ("members", members), ("calibration", calibration), ("leaderboard", board),
    ):  # fmt: skip
        (here / f"run/{name}.json").write_text(json.dumps(values))
    blend, network, method = (
        seqtune("predict", "run", "new.csv", "--use", name).table["p_pos"].to_numpy()
        for name in ("blend", "segment-gru-t001", "tfidf_naive_bayes")
    )
    assert blend == pytest.approx(0.25 * network + 0.75 * method, abs=1e-6)
    # at a temperature of 2 the odds are the square roots of what they were
    calibration["blend"] = {"temperature": 2.0}
    (here / "run/calibration.json").write_text(json.dumps(calibration))
    cooled = seqtune("predict", "run", "new.csv", "--use", "blend").table["p_pos"].to_numpy()
    assert cooled / (1 - cooled) == pytest.approx(np.sqrt(blend / (1 - blend)), rel=1e-5)


def test_evaluate_scores_the_cases_and_leaves_out_labels_never_seen(texts, seqtune, here):
    new = sentences(10, seed=7)
    new.loc[3, "label"] = "mixed"
    new.loc[8, "label"] = None
    new.to_csv("new.csv", index=False)
    done = seqtune("evaluate", texts, "new.csv")
    assert "8 cases, by accuracy" in " ".join(done.out.split())
    assert (
        "cases with labels that training never saw, not scored: 1 ('mixed'; the first at new.csv:5)"
    ) in done.err
    assert "cases without a label, not scored: 1" in done.err
    scores = seqtune("evaluate", texts, "new.csv", "--json").json["scores"]
    by_name = {row["name"]: row for row in scores}
    table = seqtune("predict", texts, "new.csv", "--use", "tfidf_naive_bayes").table
    is_right = (table["label"] == new["label"]).drop([3, 8])
    assert by_name["tfidf_naive_bayes"]["metrics"]["accuracy"] == pytest.approx(is_right.mean())


def test_a_classification_has_no_origins_and_no_explanation(texts, seqtune, here):
    sentences(4).to_csv("new.csv", index=False)
    done = seqtune("evaluate", texts, "new.csv", "--folds", 2, code=2)
    assert "a run of classify has no origins to start from" in done.err
    done = seqtune("report", texts, "--explain", code=2)
    assert "a classify run has no explanation" in done.err


def test_evaluate_without_any_known_label_is_refused(texts, refused, here):
    sentences(4).assign(label="other").to_csv("new.csv", index=False)
    error, hint = refused("evaluate", texts, "new.csv")
    assert error == "new.csv: no case has a label that the run knows; it knows neg, pos"
    assert hint == "give the labels in column 'label'"


def test_resume_extends_the_run(texts, seqtune, here):
    shutil.copytree(texts, here / "run")
    before = seqtune("report", "run", "--json").json
    assert "is complete" in seqtune("resume", "run", code=1).err
    seqtune("resume", "run", "--trials", "3", "--budget", "9h")
    after = seqtune("report", "run", "--json").json
    assert after["trials"]["completed"] == before["trials"]["completed"] + 1 == 3
    rows = {row["name"]: row for row in after["leaderboard"]}
    assert rows["tfidf_naive_bayes"] == next(
        row for row in before["leaderboard"] if row["name"] == "tfidf_naive_bayes"
    )
    assert "segment-gru-t003" in rows
    sentences(4).to_csv("new.csv", index=False)
    assert_predictions(seqtune("predict", "run", "new.csv").table, ["neg", "pos"])


def write_jsonl(table, folder):
    table.to_json(folder / "texts.jsonl", orient="records", lines=True)
    return folder / "texts.jsonl"


def write_parquet(table, folder):
    table.to_parquet(folder / "texts.parquet")
    return folder / "texts.parquet"


def write_folder(table, folder):
    root = folder / "reviews"
    for row, (text, label) in enumerate(zip(table["text"], table["label"], strict=True)):
        path = root / label / f"{row:03d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("write", [write_jsonl, write_parquet, write_folder])
def test_texts_may_come_in_any_file_or_in_a_folder(write, classify, seqtune, here):
    path = write(sentences(32), here).relative_to(here)
    classify(path, "--out", "run")
    assert_predictions(seqtune("predict", "run", path).table, ["neg", "pos"])
    assert "32 cases, by accuracy" in seqtune("evaluate", "run", path).out


def test_series_with_a_row_per_case(classify, seqtune, here):
    wide().to_csv("waves.csv", index=False)
    done = classify("waves.csv", "--out", "run")
    assert "steps: 12: s0 … s11 (numeric columns left over; --past COLUMN)" in done.err
    assert "word tokens" not in done.out  # of a text alone
    new = wide(7, seed=2).drop(columns="label")
    new.to_csv("new.csv", index=False)
    table = seqtune("predict", "run", "new.csv").table
    assert_predictions(table, ["fast", "slow"])
    assert table["row"].tolist() == list(range(1, 8))
    assert "32 cases, by accuracy" in seqtune("evaluate", "run", "waves.csv").out


def test_series_with_a_row_per_step(classify, seqtune, here):
    long().to_csv("waves.csv", index=False)
    done = classify("waves.csv", "--out", "run")
    assert "case: case (by its name; 32 cases with a row per step; --series COLUMN)" in done.err
    assert "time: step (by its name; --time COLUMN)" in done.err
    new = long(6, seed=2)
    new.drop(columns="label").to_csv("new.csv", index=False)
    table = seqtune("predict", "run", "new.csv").table
    assert_predictions(table, ["fast", "slow"], first="case")
    assert table["case"].tolist() == list(dict.fromkeys(new["case"]))
    # whatever the order of the rows, a case is the same
    new.sort_values(["case", "step"]).to_csv("sorted.csv", index=False)
    ordered = seqtune("predict", "run", "sorted.csv").table.set_index("case")
    same = ordered.loc[table["case"], "p_slow"].to_numpy()
    assert same == pytest.approx(table["p_slow"].to_numpy(), abs=1e-6)
    assert "6 cases, by accuracy" in seqtune("evaluate", "run", _written(new, "new.csv")).out


def _written(table, path):
    table.to_csv(path, index=False)
    return path


def test_a_series_longer_than_any_in_training_is_averaged_and_told(classify, seqtune, here):
    long(24).to_csv("long.csv", index=False)
    classify("long.csv", "--out", "run")
    extra = pd.DataFrame(
        {"case": "z", "step": range(24), "x": np.repeat([0.5, -0.5], 12), "y": 1.0}
    )
    half = pd.DataFrame({"case": "z", "step": range(12), "x": np.repeat([0.5, -0.5], 6), "y": 1.0})
    extra.to_csv("extra.csv", index=False)
    half.to_csv("half.csv", index=False)
    done = seqtune("predict", "run", "extra.csv", "--use", "network")
    assert "cases with more than 12 steps: 1" in done.err
    expected = seqtune("predict", "run", "half.csv", "--use", "network").table["p_slow"]
    assert done.table["p_slow"][0] == pytest.approx(expected[0], abs=1e-6)


def test_several_labels_of_a_case(classify, seqtune, here):
    draw = np.random.default_rng(4)
    rows = []
    for row in range(40):
        names = [name for name, on in (("pos", row % 2), ("neg", row % 4 < 2)) if on] or ["none"]
        rows.append((" ".join(words_of(name, draw) for name in names), "; ".join(names)))
    frame = pd.DataFrame(rows, columns=["text", "tags"])
    frame.to_csv("tagged.csv", index=False)
    done = classify("tagged.csv", "--out", "run")
    assert "several labels: split at ';' (recognised; --set data.several=null)" in done.err
    frame[["text"]].to_csv("new.csv", index=False)
    table = seqtune("predict", "run", "new.csv").table
    names = ["neg", "none", "pos"]
    assert list(table) == ["row", "label", "confidence", *(f"p_{name}" for name in names)]
    shares = table[[f"p_{name}" for name in names]].to_numpy()
    assert (shares.sum(axis=1) != pytest.approx(1.0)) and ((shares > 0) & (shares < 1)).all()
    said = [";".join(n for n, p in zip(names, row, strict=True) if p >= 0.5) for row in shares]
    assert table["label"].fillna("").tolist() == said
    sure = np.where(shares >= 0.5, shares, 1 - shares).prod(axis=1)
    assert table["confidence"].to_numpy() == pytest.approx(sure)
    assert "40 cases, by" in seqtune("evaluate", "run", "tagged.csv").out


def test_ordered_labels_report_how_far_off_they_are(classify, seqtune, here):
    draw = np.random.default_rng(4)
    stars = [row % 3 + 1 for row in range(36)]
    kind = {1: ("neg",), 2: ("neg", "pos"), 3: ("pos",)}
    texts = [" ".join(words_of(name, draw) for name in kind[star]) for star in stars]
    pd.DataFrame({"review": texts, "stars": stars}).to_csv("stars.csv", index=False)
    done = classify("stars.csv", "--out", "run")
    assert "order: 1 to 3 (the labels are numbers; --set data.ordered=false)" in done.err
    test = {
        row["name"]: row["test"] for row in seqtune("report", "run", "--json").json["leaderboard"]
    }
    assert {"mae", "kappa"} <= set(test["segment-gru-t001"])
    assert test["majority"]["mae"] == pytest.approx(1.0)  # always 1: off by 0, 1 and 2
    assert test["majority"]["kappa"] == pytest.approx(0.0)
    table = seqtune("predict", "run", "stars.csv").table
    assert_predictions(table, ["1", "2", "3"])


def test_classes_far_from_equal_are_selected_by_balanced_accuracy(classify, seqtune, here):
    sentences(48, pos=0.125).to_csv("uneven.csv", index=False)
    done = classify("uneven.csv", "--out", "run")
    why = "'neg' has 42 cases, 'pos' 6; --set metric=accuracy"
    assert f"metric: balanced_accuracy ({why})" in done.err
    report = seqtune("report", "run", "--json").json
    assert report["metric"] == "balanced_accuracy"
    majority = next(row for row in report["leaderboard"] if row["name"] == "majority")
    assert majority["test"]["balanced_accuracy"] == 0.5
    assert api.load("run").recipe.get("training.class_weights") is True


def test_target_is_another_name_for_label(seqtune, here):
    table = sentences(30)
    table["other"] = ["a", "b", "c"] * 10
    table.rename(columns={"label": "one"}).to_csv("texts.csv", index=False)
    for flag in ("--label", "--target"):
        plan = seqtune("plan", "texts.csv", "--task", "classify", flag, "other", "--json").json
        assert plan["roles"]["label"] == ["other"]
    table = wide(24).assign(noise=1.0)
    table.to_csv("waves.csv", index=False)
    words = ("--past", "s0", "--past", "s1", "--past", "s2")
    plan = seqtune("plan", "waves.csv", "--task", "classification", *words, "--json").json
    assert plan["roles"]["channels"] == ["s0", "s1", "s2"]


def test_plan_and_inspect_write_nothing_and_give_the_command(seqtune, here):
    sentences(32).to_csv("my texts.csv", index=False)
    with left_alone(here):
        plan = seqtune("plan", "my texts.csv", "--task", "classify")
        assert "Plan: classify my texts.csv" in plan.out
        whole = ("--set", "validation.folds=0", "--json")
        as_json = seqtune("plan", "my texts.csv", "--task", "classify", *whole).json
        assert as_json["roles"] == {"text": ["text"], "label": ["label"]}
        assert as_json["facts"]["classes"] == "2: neg 16, pos 16"
        assert [split["windows"] for split in as_json["splits"]] == [16, 8, 8]
        for done in (plan, seqtune("inspect", "my texts.csv")):
            words = [line for line in done.out.splitlines() if "seqtune fit" in line]
            assert words[0] == "  seqtune fit 'my texts.csv' --task classify"
        inspected = seqtune("inspect", "my texts.csv", "--json").json
        assert inspected["tasks"] == {
            task: f"seqtune fit 'my texts.csv' --task {task}" for task in ("classify", "generate")
        }
        assert "forecast" in inspected["unsuited"]


def test_without_a_task_every_task_that_suits_is_named(seqtune, here):
    sentences(32).to_csv("texts.csv", index=False)
    done = seqtune("fit", "texts.csv", code=2)
    assert done.err.splitlines() == [
        "error: --task is missing; the data suits classify, generate",
        "hint: seqtune fit texts.csv --task classify, or: seqtune fit texts.csv --task generate",
    ]
    # a date and a number for each row, and a label
    dates = pd.date_range("2024-01-01", periods=40, freq="D").strftime("%Y-%m-%d")
    values = np.arange(40) % 7 + np.arange(40) * 0.1
    kinds = ["odd" if day % 2 else "even" for day in range(40)]
    pd.DataFrame({"date": dates, "y": values, "label": kinds}).to_csv("both.csv", index=False)
    done = seqtune("plan", "both.csv", code=2)
    assert done.err.splitlines()[0] == (
        "error: --task is missing; the data suits classify, forecast, tag, anomaly"
    )
    hint = done.err.splitlines()[1].removeprefix("hint: ")
    commands = hint.split(", or: ")
    proposed = [shlex.split(each)[-1] for each in commands]
    assert proposed == ["classify", "forecast", "tag", "anomaly"]
    for each in commands:
        parse(each)


BAD_FILES = {
    "one class": (
        lines("text,label", [f"a fine film {row},pos" for row in range(20)]),
        "found the one label 'pos' in 20 cases, expected at least two classes",
        "--label COLUMN",
    ),
    "as many classes as rows": (
        lines("text,label", [f"a fine film {row},l{row}" for row in range(20)]),
        "found 20 different labels in 20 cases, expected a few classes",
        "--label COLUMN",
    ),
    "no label at all": (
        lines("text,label", [f"a fine film {row}," for row in range(20)]),
        "column 'label' has no values; expected labels",
        "--label COLUMN",
    ),
    "empty texts": (
        lines("text,label", [f",{'pos' if row % 2 else 'neg'}" for row in range(20)]),
        "column 'text' has no values; expected texts",
        "--text COLUMN",
    ),
    "a case with two labels": (
        lines("case,step,x,label",
              [f"c{case},{step},{step * case},{'ab'[(case + (case == 3) * step) % 2]}"
               for case in range(8) for step in range(4)]),
        "x.csv:15: case 'c3' has the label 'a', and 'b' in x.csv:14; expected one label per case",
        "--label COLUMN",
    ),
    "five cases": (
        lines("text,label", [f"a fine film {row},{row % 2}" for row in range(5)]),
        "found 5 cases, expected at least 6",
        "",
    ),
    "two columns of texts": (
        lines("text,review,label",
              [f"a fine film {row},a dull film {row},{row % 2}" for row in range(20)]),
        "2 columns could be the text: text, review",
        "--text text",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_in_two_lines(case, refused, here):
    content, expected, way_out = BAD_FILES[case]
    (here / "x.csv").write_text(content)
    with left_alone(here):
        for command in ("fit", "plan"):
            error, hint = refused(command, "x.csv", "--task", "classify", "--label", "label", *TINY)
            assert expected in error and way_out in hint


BAD_WORDS = {
    "label misspelt": (("--label", "lable"), "did you mean 'label'?", "--label label"),
    "two labels": (("--target", "text", "--target", "label"), "data.label", ""),
    "text as label too": (("--text", "text", "--label", "text"), "'text' has two roles", "one of"),
    "forecast baseline": (("--set", "baselines.methods=[naive]"), "baselines.methods", ""),
    "forecasting architecture": (
        ("--set", "network.architecture=encoder_decoder"), "network.architecture", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_WORDS)
def test_a_bad_flag_is_refused_in_two_lines(case, refused, here):
    words, expected, way_out = BAD_WORDS[case]
    sentences(24).to_csv("x.csv", index=False)
    with left_alone(here):
        error, hint = refused("fit", "x.csv", "--task", "classify", *TINY, *words)
        assert expected in error and way_out in hint


@pytest.mark.parametrize(("task", "flag", "takers"), [
    ("classify", "--horizon", "forecast has it"),
    ("forecast", "--label", "anomaly, classify and tag have it"),
])  # fmt: skip
def test_a_flag_of_other_tasks_is_refused(seqtune, here, task, flag, takers):
    sentences(24).to_csv("x.csv", index=False)
    done = seqtune("fit", "x.csv", "--task", task, flag, "3", code=2)
    assert done.err.splitlines()[0] == f"error: {task} has no flag {flag}; {takers}"


def test_predict_refuses_what_the_run_cannot_read(texts, refused, here):
    error, hint = refused("predict", texts)
    assert error == "found no data to classify, expected a file"
    assert hint == f"seqtune predict {texts} DATA"
    (here / "new.csv").write_text("review,label\nfine,pos\n")
    error, _ = refused("predict", texts, "new.csv")
    assert error == "new.csv lacks column 'text' of the fitted data; it has review, label"
    (here / "new.csv").write_text("text,label\n,pos\n")
    assert "column 'text' has no values" in refused("predict", texts, "new.csv")[0]
    (here / "bare.csv").write_text("text\nfine film\n")
    assert "'label'" in refused("evaluate", texts, "bare.csv")[0]
    assert "segment-gru-t001" in refused("predict", texts, "bare.csv", "--use", "segment")[0]


def test_a_data_frame_is_fitted_from_python(tmp_path):
    settings = list(TINY)
    overrides = [value for flag, value in zip(settings[::2], settings[1::2], strict=True)
                 if flag == "--set"]  # fmt: skip
    heard = []
    run = api.fit(
        sentences(32), task="classify", set=overrides, trials=1, workers=1, budget="9h",
        out=tmp_path / "run", listener=heard.append,
    )  # fmt: skip
    assert run.record["status"] == "complete" and heard
    assert run.board.metric == "accuracy"
    assert set(run.leaderboard["name"]) == {"majority", "segment-gru-t001"}
    table = run.predict(sentences(5, seed=2)[["text"]])
    assert_predictions(table, ["neg", "pos"])
    scores = run.evaluate(sentences(10, seed=2))
    assert set(scores) == {"majority", "segment-gru-t001"}
    assert scores["majority"]["accuracy"] == 0.5
    again = api.load(tmp_path / "run").predict(sentences(5, seed=2)[["text"]])
    assert again["p_pos"].to_numpy() == pytest.approx(table["p_pos"].to_numpy(), abs=1e-6)
