"""`seqtune generate`: its flags, and where text and everything else go."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import command_line
import pytest
from command_line import Done

from seqtune.baselines.generate import kneser_ney
from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END
from seqtune.errors import RunError
from seqtune.tasks.generate.next_words import NextWord, next_words
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.simple_reader import SimpleReader
from seqtune.tasks.generate.writing import Completion, unheard, write

Command = Callable[..., Done]

TALE = "Once there was a king. He had a cat.\nOnce there was a queen. She had a hat."


class KnownByHeart:
    """A run whose model knows one tale by heart."""

    def __init__(self, folder: str) -> None:
        if folder != "run":
            raise RunError(f"{folder} is not a run folder", "seqtune runs")
        tokens = Tokenizer.fit([TALE], "character", max_tokens=99, min_count=1)
        documents = Ragged.from_list([[*tokens.encode(TALE).tolist(), END]])
        model = kneser_ney.fit(documents, tokens.size, order=40)
        self.path, self.notes = Path(folder), list[str]()
        self.record = {"task": "generate"}
        self.reader = SimpleReader(model, tokens)

    def choose(self, use: str | None = None) -> Any:
        return SimpleNamespace(name=use or "best")

    def check_output(self, path: Path, count: int) -> None:
        """A text goes to any file."""

    def write(
        self, request: Request, use: str | None = None, hear: Callable[[str], None] = unheard
    ) -> list[Completion]:
        self.notes.append("a note")
        return write(self.reader, request, hear)

    def next_words(self, text: str, top: int, use: str | None = None) -> list[NextWord]:
        return next_words(self.reader, text, top)

    def fill(self, text: str, top: int, use: str | None = None) -> list[NextWord]:
        return [NextWord(f"{text} {top} {use}", 0.5)]


@pytest.fixture(autouse=True)
def known_by_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqtune.run.load.load", KnownByHeart)


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


GREEDY = ("--temperature", "0")


def test_text_goes_to_stdout_and_speed_and_notes_to_stderr(seqtune: Command) -> None:
    done = seqtune("generate", "run", *GREEDY, "--prompt", "Once", "--length", "11")
    assert done.out == "Once there was \n"
    note, speed = done.err.splitlines()
    assert note == "note: a note"
    assert speed.startswith("11 characters in ") and speed.endswith("characters per second)")


def test_quiet_leaves_the_speed_out(seqtune: Command) -> None:
    assert seqtune("generate", "run", *GREEDY, "--quiet").err == "note: a note\n"


def test_json_is_one_document_with_every_text(seqtune: Command) -> None:
    done = seqtune("generate", "run", *GREEDY, "--count", "2", "--stop", "queen", "--json")
    first, second = done.json["texts"]
    assert (done.json["run"], done.json["model"]) == ("run", "best")
    assert first["text"] == second["text"] == TALE.partition("queen")[0]
    assert (first["prompt"], first["ended"]) == ("", "stop")


def test_several_texts_stand_apart(seqtune: Command) -> None:
    done = seqtune("generate", "run", *GREEDY, "--count", "2", "--length", "4")
    assert done.out == "Once\n\n---\n\nOnce\n"


def test_a_seed_repeats_itself(seqtune: Command) -> None:
    wild = ("generate", "run", "--temperature", "2", "--length", "80", "--seed")
    assert seqtune(*wild, "1").out == seqtune(*wild, "1").out != seqtune(*wild, "2").out


def test_a_terminal_sees_the_text_as_it_is_made(
    seqtune: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is on the screen before the run has returned it."""
    seen: list[str] = []

    def watched(self: KnownByHeart, request: Request, use: Any, hear: Any) -> list[Completion]:
        found = write(self.reader, request, hear)
        seen.append(sys.stdout.getvalue())  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr(KnownByHeart, "write", watched)
    monkeypatch.setattr(command_line, "io", SimpleNamespace(StringIO=Terminal))
    words = ("generate", "run", *GREEDY, "--prompt", "Once\x1b[2J", "--length", "6")
    done = seqtune(*words)
    assert len(seen[0]) == len("Once\\x1b[2J") + 6
    assert done.out == seen[0] + "\n"
    assert "\x1b" not in done.out
    assert seqtune(*words, "--count", "2").out.count("---") == 1
    assert seen[1] == ""  # several texts are shown at the end


def test_a_prompt_may_stand_in_a_file(seqtune: Command, here: Path) -> None:
    (here / "prompt.txt").write_text("Once there\n", encoding="utf-8")
    done = seqtune("generate", "run", *GREEDY, "--prompt-file", "prompt.txt", "--length", "4")
    assert done.out == "Once there was\n"


def test_text_goes_to_a_file_that_is_replaced_by_force_alone(
    seqtune: Command, refused: Callable[..., tuple[str, str]], here: Path
) -> None:
    words = ("generate", "run", *GREEDY, "--length", "4", "-o", "text.txt")
    done = seqtune(*words)
    assert (done.out, (here / "text.txt").read_text(encoding="utf-8")) == ("", "Once\n")
    assert "wrote 4 characters to text.txt" in done.err
    error, hint = refused(*words)
    assert error == "text.txt already exists" and "--force" in hint
    seqtune(*words, "--force")
    assert (here / "text.txt").read_text(encoding="utf-8") == "Once\n"


def test_a_file_and_json_can_both_be_had(seqtune: Command, here: Path) -> None:
    done = seqtune("generate", "run", *GREEDY, "--length", "4", "-o", "text.txt", "--json")
    assert done.json["texts"][0]["text"] == "Once"
    assert (here / "text.txt").is_file()


def test_next_words_are_listed(seqtune: Command) -> None:
    done = seqtune("generate", "run", "--next", "Once there was a king. He had a", "--top", "2")
    title, _, head, _, first, *_ = done.out.splitlines()
    assert title == "Once there was a king. He had a"
    assert head.split() == ["word", "probability"] and first.split()[0] == "cat"
    words = seqtune("generate", "run", "--next", "Once", "--top", "1", "--json").json["words"]
    assert [each["word"] for each in words] == ["there"] and 0 < words[0]["probability"] <= 1


def test_words_for_a_gap_are_listed(seqtune: Command) -> None:
    done = seqtune("generate", "run", "--fill", "a ___", "--top", "3", "--use", "t001", "--json")
    assert done.json["words"] == [{"word": "a ___ 3 t001", "probability": 0.5}]
    assert (done.json["text"], done.json["model"]) == ("a ___", "t001")


@pytest.mark.parametrize(("words", "said", "hint"), [
    (["--temperature", "-1"], "temperature of -1", "--temperature"),
    (["--top-k", "0"], "found --top-k 0", "--top-k"),
    (["--top-p", "0"], "found --top-p 0;", "--top-p"),
    (["--top-p", "1.5"], "found --top-p 1.5;", "--top-p"),
    (["--length", "0"], "length of 0", "--length"),
    (["--count", "0"], "0 texts", "--count"),
    (["--seed", "-1"], "seed of -1", "--seed"),
    (["--stop", ""], "empty --stop", "--stop"),
    (["--prompt", "a", "--prompt-file", "b"], "--prompt and --prompt-file", "--prompt-file"),
    (["--next", "a", "--fill", "b"], "--next and --fill", "--fill"),
    (["--next", "a", "--prompt", "b"], "--next and --prompt", "--prompt"),
    (["--fill", "a", "--prompt-file", "b"], "--fill and --prompt-file", "--prompt-file"),
    (["--next", "a", "-o", "b.txt"], "--next and --output", "--output"),
    (["--fill", "a", "--stop", "b"], "--fill and --stop", "--stop"),
])  # fmt: skip
def test_a_flag_out_of_range_is_a_usage_error_that_names_it(
    seqtune: Command, words: list[str], said: str, hint: str
) -> None:
    done = seqtune("generate", "run", *words, code=2)
    assert done.out == ""
    error, mend = done.err.splitlines()
    assert error.startswith("error: ") and said in error
    assert mend.startswith("hint: ") and hint in mend


def test_no_words_at_all_are_a_usage_error(seqtune: Command) -> None:
    done = seqtune("generate", "run", "--next", "a", "--top", "0", code=2)
    assert "Invalid value for '--top'" in done.err


def test_a_prompt_file_that_is_no_text_is_refused(
    refused: Callable[..., tuple[str, str]], here: Path
) -> None:
    (here / "prompt.bin").write_bytes(b"\xff\xfe\x00")
    error, _ = refused("generate", "run", "--prompt-file", "prompt.bin")
    assert error == "prompt.bin cannot be read as a prompt: it is not UTF-8"
    error, _ = refused("generate", "run", "--prompt-file", "none.txt")
    assert error == "none.txt cannot be read as a prompt: No such file or directory"


def test_what_is_no_run_is_refused(refused: Callable[..., tuple[str, str]]) -> None:
    error, _ = refused("generate", "nowhere")
    assert error == "nowhere is not a run folder"
