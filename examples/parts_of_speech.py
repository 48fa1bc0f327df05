"""Learn the parts of speech of a language from its treebank, and tag sentences of your own.

    python examples/parts_of_speech.py en_ewt-ud-train.conllu en_ewt-ud-test.conllu --budget 5m

The data are those of Universal Dependencies, a treebank for each of more than a hundred languages:
https://universaldependencies.org. The English Web Treebank (CC BY-SA 4.0) is the repository
UniversalDependencies/UD_English-EWT on GitHub. Any other one works as well: a CoNLL-U file has a
line for each word, its part of speech (`upos`) in the fourth column.

What it shows: files of a form of their own, sentences in and sentences out, the words of a pipe.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import seqtune

SENTENCE = "The old man the boat , and nobody minds ."


def main(train: Path, test: Path, folder: Path, **options: Any) -> list[tuple[str, str]]:
    """Fit, score the test file, and return the words of a sentence with their tags.

    Args:
        train: The sentences to learn from.
        test: Sentences that the run does not see.
        folder: Where the run folder goes.
        options: Flags of `seqtune fit`.
    """
    run = seqtune.fit(train, task="tag", label="upos", out=folder / "speech", **options)
    print(run.leaderboard.to_string())
    for name, figures in run.evaluate(test).items():
        print(f"{name}: {figures['accuracy']:.1%} of the words of {test.name} are right")
    own = folder / "own.conllu"
    words = SENTENCE.split()
    lines = [f"{place}\t{word}" + "\t_" * 8 for place, word in enumerate(words, start=1)]
    own.write_text("\n".join([*lines, "", ""]), encoding="utf-8")
    return list(zip(words, run.predict(own)["tag"], strict=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("--budget", default="5m")
    print(main(**vars(parser.parse_args())))
