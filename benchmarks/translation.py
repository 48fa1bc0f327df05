"""Translation, spelling to sound, sentences about facts: `fit --task translate` on public data.

    python benchmarks/translation.py FOLDER --budget 10m --data g2p_fre g2p_dut g2p_kor
    python benchmarks/translation.py FOLDER --budget 15m --data multi30k
    python benchmarks/translation.py FOLDER --budget 5m --data restaurant

FOLDER holds `g2p/{fre,dut,kor}_{train,valid,test}.tsv` (SIGMORPHON 2021, task 1),
`multi30k_en_de/{train,valid,test}.csv` (German to English, in small letters) and
`dialogue_acts/restaurant_{train,valid,test}.csv` (RNNLG). The network is fitted on training and
validation file together, of which `fit` divides its own parts. The test file is read once, by
`evaluate`, when the run is complete: nothing is chosen by it.

`wrong` is the share of wrong answers, which the literature on spelling and sound calls word error
rate; `facts` the share of facts that a sentence lacks or invents.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from pathlib import Path
from typing import Any

from _command import run

from seqtune.metrics.facts import slot_error

DATA = {
    **{f"g2p_{name}": f"g2p/{name}_{{}}.tsv" for name in ("fre", "dut", "kor")},
    "multi30k": "multi30k_en_de/{}.csv",
    "restaurant": "dialogue_acts/restaurant_{}.csv",
}
FLAGS = {
    "multi30k": ["--source", "target", "--target", "source", "--set", "tokens.lower=true"],
}
HELD_OUT = ["--set", "test.share=0.02"]
"""The test file is another one: few cases are kept from training for the run's own test part."""


def main() -> None:
    """Fit and evaluate each data set, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", default="10m")
    parser.add_argument("--data", nargs="+", choices=DATA, default=list(DATA))
    parser.add_argument("--seed", default="0")
    parser.add_argument("--recipe", default="default")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    parser.add_argument("--keep", type=Path, help="keep the runs in this folder")
    chosen = parser.parse_args()
    print("data        model                        bleu   chrf  wrong  facts   trials  seconds")
    for name in chosen.data:
        with tempfile.TemporaryDirectory() as folder:
            measure(name, chosen, Path(folder))


def measure(name: str, chosen: Any, folder: Path) -> None:
    """Fit on two files, evaluate on a third, and print a line for each model that is scored."""
    paths = [chosen.folder / DATA[name].format(part) for part in ("train", "valid", "test")]
    known = folder / f"known{paths[0].suffix}"
    lines = [path.read_text(encoding="utf-8").splitlines(keepends=True) for path in paths[:2]]
    has_header = paths[0].suffix == ".csv"
    known.write_text("".join(lines[0] + lines[1][has_header:]), encoding="utf-8")
    out = (chosen.keep or folder) / name
    flags = [*FLAGS.get(name, []), *HELD_OUT, "--recipe", chosen.recipe]
    flags += [word for setting in chosen.settings for word in ("--set", setting)]
    common = ["--budget", chosen.budget, "--seed", chosen.seed, "--out", str(out), "--json"]
    done = run("fit", str(known), "--task", "translate", *flags, *common, "--quiet")
    if done.code:
        raise SystemExit(done.stderr)
    fitted = json.loads(done.stdout)
    scored = json.loads(run("evaluate", str(out), str(paths[2]), "--json").stdout)
    for score in scored["scores"]:
        metrics = score["metrics"]
        facts = _facts(out, paths[2], score["name"], folder) if name == "restaurant" else ""
        print(
            f"{name:10}  {score['name']:26}  {metrics['bleu']:5.2f}  {metrics['chrf']:5.2f}  "
            f"{100 * (1 - metrics['exact_match']):5.2f}  {facts:5}  "
            f"{sum(fitted['trials'].values()):6}  {fitted['seconds']['total']:7.0f}",
            flush=True,
        )


def _facts(out: Path, test: Path, model: str, folder: Path) -> str:
    """Return the share of facts that the answers of a model lack or invent, in per cent."""
    answers = folder / f"{model}.csv"
    run("predict", str(out), str(test), "--use", model, "-o", str(answers))
    with answers.open(encoding="utf-8", newline="") as file:
        written = [row["prediction"] for row in csv.DictReader(file)]
    with test.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sources = [row["source"] for row in rows]
    known: dict[str, list[str]] = {}
    for row in rows:
        known.setdefault(row["source"], []).append(row["target"])
    return f"{100 * slot_error(sources, written, [known[each] for each in sources]):.2f}"


if __name__ == "__main__":
    main()
