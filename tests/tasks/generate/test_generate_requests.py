"""What clients ask of a language model, and what they hear of it."""

from __future__ import annotations

from typing import Any

import pytest

from seqtune.errors import UsageError
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.requests import OPTIONS, stream
from seqtune.tasks.generate.step_tokens import Layout
from seqtune.tasks.generate.writing import Completion


class Writer:
    """Writes letters after the prompt, and keeps what it was asked."""

    events: tuple[Any, ...] = ()

    def write(self, request: Request, use: str | None, hear: Any) -> list[Any]:
        """Hear the prompt first, as `seqtune.tasks.generate.writing` does."""
        self.asked, self.use = request, use
        for piece in (request.prompt, "a", "", "b"):
            hear(piece)
        return [Completion(request.prompt, "ab", "end", 3, 0.01, *self.events)]


@pytest.mark.parametrize("prompt", ["", "Once"])
def test_what_follows_the_prompt_is_heard(prompt: str) -> None:
    writer, heard = Writer(), list[str]()
    found = stream(writer, {"prompt": prompt, "seed": 3}, "gru", heard.append)  # type: ignore[arg-type]
    assert heard == ["a", "b"]
    assert found == {"text": "ab", "ended": "end", "tokens": 3, "seconds": 0.01}
    assert (writer.asked.prompt, writer.asked.length, writer.use) == (prompt, 500, "gru")
    assert writer.asked.choice.seed == 3


def test_of_music_the_steps_are_answered_too() -> None:
    writer = Writer()
    writer.events = Layout(), [[60, 64], []]
    assert stream(writer, {}, None, print)["steps"] == [[60, 64], []]  # type: ignore[arg-type]


def test_the_defaults_of_the_document_are_those_of_a_request() -> None:
    defaults = {each.name: each.schema["default"] for each in OPTIONS if "default" in each.schema}
    request = Request()
    assert defaults == {
        "prompt": request.prompt, "length": request.length, "seed": request.choice.seed,
        "temperature": request.choice.temperature, "top_p": request.choice.top_p,
        "repetition_penalty": request.choice.repetition_penalty,
    }  # fmt: skip


def test_the_bounds_of_the_document_are_those_of_a_request() -> None:
    for option in OPTIONS:
        for bound in ("minimum", "maximum"):
            if bound in option.schema:
                value = option.schema[bound]
                stream(Writer(), {option.name: value}, None, print)  # type: ignore[arg-type]
    for name, value in (("top_k", 0), ("length", 0), ("seed", -1), ("temperature", 1001)):
        with pytest.raises(UsageError):
            stream(Writer(), {name: value}, None, print)  # type: ignore[arg-type]
