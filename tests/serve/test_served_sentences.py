"""Requests whose rows bear names: those of one never stand beside those of another."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from served_stubs import error_of

from seqtune.serve.served_model import Answer, Ask, ServedModel
from seqtune.tasks._requests import RequestForm

WORD = st.sampled_from(["flight", "to", "Boston", "New", "York", "please", "\u00fcber", "=1+1"])
NAME = st.sampled_from(["a", "b", "0:a", "1:b", ":", "row"])
SENTENCES = st.lists(st.tuples(NAME, WORD), min_size=1, max_size=8)


def ask(pairs: list[tuple[str, str]]) -> Ask:
    return Ask(json.dumps([{"sentence": name, "token": token} for name, token in pairs]).encode())


def said(answer: Answer) -> list[tuple[str, str, str]]:
    assert answer.status == 200, answer.body
    found = json.loads(answer.body)["predictions"]
    return [(row["sentence"], row["token"], row["tag"]) for row in found]


@settings(max_examples=25, deadline=None)
@given(st.lists(SENTENCES, min_size=2, max_size=6))
def test_sentences_of_several_clients_stay_apart_whatever_they_are_called(
    tagger: ServedModel, requests: list[list[tuple[str, str]]]
) -> None:
    answers = tagger.answer([ask(pairs) for pairs in requests])
    for pairs, answer in zip(requests, answers, strict=True):
        assert [row[:2] for row in said(answer)] == pairs
        (alone,) = tagger.answer([ask(pairs)])
        assert said(answer) == said(alone)


def test_names_that_are_numbers_are_answered_alone(tagger: ServedModel) -> None:
    body = b'[{"sentence": 7, "token": "to"}, {"sentence": 7, "token": "Boston"}]'
    plain, numbered = tagger.answer([ask([("7a", "to")]), Ask(body)])
    assert said(plain)[0][:2] == ("7a", "to")
    assert [row[:2] for row in said(numbered)] == [("7", "to"), ("7", "Boston")]


def test_the_example_is_a_sentence_of_the_data(tagger: ServedModel) -> None:
    example = list(tagger.form.example)
    assert example[0] == {"sentence": "sequence 1", "token": "flight"}
    (answer,) = tagger.answer([Ask(json.dumps(example).encode())])
    assert len(said(answer)) == len(example)


def test_rows_are_needed_where_nothing_can_be_continued(tagger: ServedModel) -> None:
    (answer,) = tagger.answer([Ask(b"{}")])
    assert answer.status == 422 and "'sentence', 'token'" in error_of(answer.body)


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.wav", "file:///etc/passwd"])
def test_a_path_of_a_file_is_never_opened(
    tagger: ServedModel, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    opened: list[Any] = []
    monkeypatch.setitem(vars(tagger), "form", RequestForm(paths=("recording",)))
    monkeypatch.setattr("seqtune.data.reading.recordings.read_recordings", opened.append)
    (answer,) = tagger.answer([Ask(json.dumps([{"recording": path}]).encode())])
    assert answer.status == 422 and "not read over HTTP" in error_of(answer.body)
    assert json.loads(answer.body)["column"] == "recording" and opened == []


def test_a_translator_of_files_says_so() -> None:
    from seqtune.tasks.translate.requests import joinable, request_form
    from seqtune.tasks.translate.roles import Roles

    roles = Roles("series", "text", "text", source="recording")
    prepared: Any = SimpleNamespace(codec=SimpleNamespace(roles=roles), rows={"test": []})
    assert request_form(prepared).paths == ("recording",)
    assert joinable(prepared) is None
