"""What makes the pages of the site: links as they lead there, and references from the code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from seqtune.recipe.check import schema_of
from seqtune.recipe.editor import json_schema

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def website():
    """Return a module of the folder `website` by its name."""

    def load(name):
        spec = importlib.util.spec_from_file_location(
            f"website_{name}", ROOT / "website" / f"{name}.py"
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def test_links_lead_to_where_pages_stand_in_the_site(website):
    relinked = website("staging").relinked
    text = "[a](../benchmarks/README.md#against) [b](design.md) [c](#here) [d](https://x.org/a.md)"
    moved = "[a](measuring.md#against) [b](design.md) [c](#here) [d](https://x.org/a.md)"
    assert relinked(text, Path("docs/serving.md"), set()) == moved
    assert relinked("[a](docs/data.md#files)", Path("SECURITY.md"), set()) == "[a](data.md#files)"
    assert relinked("[a](../ablations.md)", Path("docs/notes/search.md"), set()) == (
        "[a](../ablations.md)"
    )
    assert relinked("[a](../README.md)", Path("examples/README.md"), set()) == "[a](index.md)"


def test_links_in_code_are_left_alone(website):
    code = "```\n[a](nowhere.md)\n```"
    assert website("staging").relinked(code, Path("docs/data.md"), set()) == code


def test_a_link_to_a_generated_page_is_kept_and_one_to_nowhere_is_refused(website):
    relinked = website("staging").relinked
    made = {"reference/json.md"}
    assert relinked("[a](reference/json.md)", Path("docs/index.md"), made) == (
        "[a](reference/json.md)"
    )
    with pytest.raises(ValueError, match=r"pyproject\.toml, which is no page"):
        relinked("[a](../pyproject.toml)", Path("docs/index.md"), made)


@pytest.mark.parametrize(
    ("key", "is_searched", "words"),
    [
        ({"type": "boolean"}, False, "true or false"),
        ({"enum": ["a", "b"], "type": "string"}, False, "`a`, `b`"),
        ({"type": "integer", "minimum": 1, "maximum": 2**31 - 1}, False, "whole number from 1"),
        (
            {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            False,
            "number above 0 to 1",
        ),
        (
            {"anyOf": [{"const": "auto"}, {"type": "array", "items": {"type": "string"}}]},
            False,
            "`auto`, list of text",
        ),
        (
            {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "boolean"}}]},
            True,
            "true or false (*searched*)",
        ),
    ],
)
def test_what_a_key_takes_in_words(website, key, is_searched, words):
    assert website("recipe_keys").values(key, is_searched) == words


def test_every_key_that_a_recipe_may_have_is_on_the_page_of_its_task(website):
    page = website("recipe_keys").page("tag")
    shown = set(re.findall(r"^\| `([\w.]+)` \|", page, flags=re.M))
    assert shown == {path for path, _ in website("recipe_keys").leaves(json_schema("tag"))}
    searched = set(re.findall(r"^\| `([\w.]+)` \|.*\(\*searched\*\) \|", page, flags=re.M))
    assert searched == set(schema_of("tag").searchable())


def test_every_command_is_on_its_page_with_every_flag(website):
    commands = website("commands")
    page = commands.page()
    for words, command, _ in commands.commands():
        section = page.partition(f"\n## {words}\n")[2].partition("\n## ")[0]
        for parameter in command.params:
            assert any(name in section for name in (*parameter.opts, parameter.name.upper()))
        assert command.epilog.removeprefix("Example: ") in section


def test_docstrings_say_what_keys_of_json_mean(website, monkeypatch):
    documents = website("json_documents")

    class Shape:
        """A shape.

        Args:
            sides: How many
                sides it has.
            name: What it is called.

        Example:
            no: key
        """

        @property
        def area(self):
            """How large it is.

            In square metres.
            """

    expected = {"sides": "How many sides it has.", "name": "What it is called."}
    assert documents.described((Shape,)) == {**expected, "area": "How large it is."}
    known = {**expected, "items": "Parts."}
    value = {"name": "a", "items": [{"sides": 3}, {"sides": 4}]}
    assert list(documents.keys(value, known)) == [
        ("name", "a"),
        ("items", value["items"]),
        ("items[].sides", 3),
    ]
    with pytest.raises(ValueError, match="describes area"):
        documents._row("area", 1, known, "draw")


def test_the_public_names_all_have_a_place(website, monkeypatch):
    names = website("python_names")
    assert names.page().count(":::") == len(names.seqtune.__all__) - 1 + len(names.FURTHER)
    monkeypatch.setattr(names.seqtune, "__all__", [*names.seqtune.__all__, "new"])
    with pytest.raises(ValueError, match="new"):
        names.page()
