"""Parts of speech, slots, activities, wrong words: `fit --task tag` on public and made-up data.

    python benchmarks/tagging.py FOLDER --budget 10m --data ud_english
    python benchmarks/tagging.py FOLDER --budget 5m --data atis
    python benchmarks/tagging.py FOLDER --budget 60s --data steps
    python benchmarks/tagging.py FOLDER --budget 10m --data wrong_word

FOLDER holds `ud_english/{train,valid,test}.conllu` (Universal Dependencies, English EWT: the parts
of speech of `upos`) and `atis/{train,valid,test}.conll` (slots of questions about flights). `steps`
is the sample `data/wearer.csv`, of which the last three wearers are the test file. The network is
fitted on training and validation file together, of which `fit` divides its own parts. The test file
is read once, by `evaluate`, when the run is complete: nothing is chosen by it.

`wrong_word` replaces one word in about half of the sentences of `ud_english` by one that it may be
taken for, or by another form of itself (`_wrong_words.py`). The network is fitted on the training
file; how sure it must be of a wrong word is chosen on the validation file, as for the trigram model
that it is compared with: once by how unlikely a word is, once by how much likelier the best of the
words is that it may be taken for, which the network is not told. `F0.5` is that of words marked
wrong.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from _command import run
from _wrong_words import (
    TrigramModel,
    best_threshold,
    f_half,
    others_of,
    read_conllu,
    truth_of,
    with_wrong_words,
    write_conll,
)

DATA = Path(__file__).parents[1] / "data"
HELD_OUT = ["--set", "test.share=0.02"]
"""The test file is another one: few sentences are kept for the run's own test part."""

FIGURES = ("accuracy", "span_f1", "macro_f1", "edit_score", "wrong_stretch")
TEST_WEARERS = ("w10", "w11", "w12")


def main() -> None:
    """Fit and evaluate each data set, and print a line for each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", default="10m")
    parser.add_argument("--data", nargs="+", choices=MEASURED, default=list(MEASURED))
    parser.add_argument("--seed", default="0")
    parser.add_argument("--recipe", default="default")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    parser.add_argument("--keep", type=Path, help="keep the runs in this folder")
    chosen = parser.parse_args()
    print("data        model                     " + "  ".join(f"{each:>13}" for each in FIGURES))
    for name in chosen.data:
        with tempfile.TemporaryDirectory() as folder:
            MEASURED[name](chosen, Path(folder))


def ud_english(chosen: Any, folder: Path) -> None:
    """Parts of speech."""
    train, test = _joined(chosen.folder / "ud_english", ".conllu", folder)
    _measure("ud_english", chosen, folder, train, test, ["--label", "upos"])


def atis(chosen: Any, folder: Path) -> None:
    """Slots."""
    train, test = _joined(chosen.folder / "atis", ".conll", folder)
    _measure("atis", chosen, folder, train, test, [])


def steps(chosen: Any, folder: Path) -> None:
    """Activities of wearers that training does not know."""
    header, *lines = (DATA / "wearer.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    train, test = folder / "train.csv", folder / "test.csv"
    of_test = [line for line in lines if line.startswith(TEST_WEARERS)]
    of_train = [line for line in lines if not line.startswith(TEST_WEARERS)]
    for path, rows in ((train, of_train), (test, of_test)):
        path.write_text("".join([header, *rows]), encoding="utf-8")
    _measure("steps", chosen, folder, train, test, ["--label", "activity"])


def wrong_word(chosen: Any, folder: Path) -> None:
    """The wrong word of a sentence, beside what a trigram model finds."""
    source = chosen.folder / "ud_english"
    parts = ("train", "valid", "test")
    right = {part: read_conllu(source / f"{part}.conllu") for part in parts}
    others = others_of(right["train"])
    made = {part: with_wrong_words(right[part], others, seed) for seed, part in enumerate(parts)}
    for part, sentences in made.items():
        write_conll(folder / f"{part}.conll", sentences)
    truth = {part: truth_of(made[part]) for part in parts}
    trigrams = TrigramModel(right["train"], others)
    for name, score in (
        ("trigrams", trigrams.surprise),
        ("trigrams, sets known", trigrams.suspicion),
    ):
        _print_marked(name, {part: score(made[part]) for part in parts[1:]}, truth)
    out = (chosen.keep or folder) / "wrong_word"
    _fit(folder / "train.conll", chosen, out, [])
    scores = {part: _sureness(out, folder / f"{part}.conll", folder) for part in parts[1:]}
    _print_marked("the winner", scores, truth)
    print(f"{'':12}at even odds: F0.5 {f_half(scores['test'] > 0.5, truth['test']):.3f}")


MEASURED = {"ud_english": ud_english, "atis": atis, "steps": steps, "wrong_word": wrong_word}


def _joined(source: Path, ending: str, folder: Path) -> tuple[Path, Path]:
    """Return training and validation file in one, and the test file."""
    known = folder / f"known{ending}"
    texts = [
        (source / f"{part}{ending}").read_text(encoding="utf-8").rstrip("\n")
        for part in ("train", "valid")
    ]
    known.write_text("\n\n".join(texts) + "\n\n", encoding="utf-8")
    return known, source / f"test{ending}"


def _fit(train: Path, chosen: Any, out: Path, flags: list[str]) -> Any:
    flags = [*flags, *HELD_OUT, "--recipe", chosen.recipe, "--seed", chosen.seed]
    flags += [word for setting in chosen.settings for word in ("--set", setting)]
    common = ["--budget", chosen.budget, "--out", str(out), "--json", "--quiet"]
    done = run("fit", str(train), "--task", "tag", *flags, *common)
    if done.code:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def _measure(
    name: str, chosen: Any, folder: Path, train: Path, test: Path, flags: list[str]
) -> None:
    """Fit, evaluate, and print a line for each model that is scored."""
    out = (chosen.keep or folder) / name
    fitted = _fit(train, chosen, out, flags)
    done = run("evaluate", str(out), str(test), "--json")
    if done.code:
        raise SystemExit(done.stderr)
    for score in json.loads(done.stdout)["scores"]:
        metrics = score["metrics"]
        figures = "  ".join(
            f"{metrics[each]:13.4f}" if metrics.get(each) is not None else f"{'':13}"
            for each in FIGURES
        )
        print(f"{name:10}  {score['name']:24}  {figures}", flush=True)
    trials, seconds = sum(fitted["trials"].values()), fitted["seconds"]["total"]
    print(f"{'':12}{trials} trials in {seconds:.0f} seconds", flush=True)


def _sureness(out: Path, test: Path, folder: Path) -> np.ndarray:
    """Return (words,) how sure the winner is that each word is wrong."""
    answers = folder / "answers.csv"
    done = run("predict", str(out), str(test), "-o", str(answers), "--force")
    if done.code:
        raise SystemExit(done.stderr)
    with answers.open(encoding="utf-8", newline="") as file:
        rows = [(row["tag"], float(row["confidence"])) for row in csv.DictReader(file)]
    return np.array([sure if tag == "wrong" else 1 - sure for tag, sure in rows])


def _print_marked(name: str, scores: dict[str, np.ndarray], truth: dict[str, np.ndarray]) -> None:
    """Print the F0.5 on the test file, at the threshold of the validation file."""
    threshold = best_threshold(scores["valid"], truth["valid"])
    marked, wrong = scores["test"] >= threshold, truth["test"]
    precision, recall = (
        (marked & wrong).sum() / max(1, marked.sum()),
        (marked & wrong).sum() / max(1, wrong.sum()),
    )
    print(
        f"wrong_word  {name:24}  F0.5 {f_half(marked, wrong):.3f}  precision {precision:.3f}  "
        f"recall {recall:.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
