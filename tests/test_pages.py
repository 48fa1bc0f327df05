"""What the pages of the site say: commands, recipe keys and Python are those that there are."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import shutil
import sqlite3
from contextlib import closing, suppress
from inspect import signature
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import DATA, parse
from command_line import seqtune as command
from page_text import PAGES, ROOT, fenced, inline, settings, snippets, text_of
from typer.main import get_command

import seqtune
from seqtune.cli.app import app
from seqtune.errors import SeqtuneError
from seqtune.recipe.catalogue import names as shipped_recipes
from seqtune.recipe.check import schema_of
from seqtune.recipe.load import Recipe
from seqtune.tasks._info import infos
from seqtune.workflow.options import known_flags
from seqtune.workflow.refit import RefitOptions

TASKS = [info.name for info in infos()]
BESIDE = {"airline", "taxi"}
"""Modules that a snippet imports from a file beside it: an export, an example."""

TAKEN = {
    "fit": {*signature(seqtune.fit).parameters, *known_flags(), "recipe", "set", "out", "query"},
    "refit": {*signature(seqtune.refit).parameters, *signature(RefitOptions).parameters},
    "resume": set(signature(seqtune.resume).parameters),
    "load": set(signature(seqtune.load).parameters),
}
"""The names of what each function takes."""

UNKNOWN_ON_PURPOSE = "seqtune fit --no-such-flag"
KEYS = {".".join(path) for task in TASKS for path, _ in schema_of(task).leaves()}
IN_TEXT = sorted({line for page in PAGES for line in inline(page)} - {UNKNOWN_ON_PURPOSE})
SNIPPETS = [(page, code) for page in PAGES for code in snippets(page)]


@pytest.mark.parametrize("line", IN_TEXT)
def test_a_command_in_the_text_is_known_with_its_flags(line):
    if line.split()[-1] == "--help":
        return
    if line.split()[1].startswith("-"):  # a flag of no command, such as `seqtune --version`
        assert line.split()[1] in {name for each in get_command(app).params for name in each.opts}
        return
    try:
        parse(line)
    except IndexError:
        assert line == "seqtune recipes"  # a group, named as such
    except Exception as fault:
        named_without = ("MissingParameter", "BadOptionUsage")  # `seqtune export --format`
        assert type(fault).__name__ in named_without, fault


def flags_of(line, name):
    words = shlex.split(line)
    return [words[place + 1] for place, word in enumerate(words[:-1]) if word == name]


def with_settings():
    """The command lines that change recipe keys, or name a shipped recipe."""
    lines = {line for page in PAGES for line in (*fenced(page), *inline(page))}
    return sorted(line for line in lines if " --set " in line or " --recipe " in line)


@pytest.mark.parametrize("line", with_settings())
def test_a_command_changes_keys_that_its_task_has(line):
    changed, tasks = flags_of(line, "--set"), flags_of(line, "--task") or TASKS
    recipes = [name for name in flags_of(line, "--recipe") if not name.endswith(".yaml")]
    for recipe in recipes:
        tasks = [task for task in tasks if {recipe, f"{task}/{recipe}"} & set(shipped_recipes())]
    assert takers(changed, tasks, *recipes), line


@pytest.mark.parametrize("page", [page for page in PAGES if settings(page)])
def test_a_setting_in_the_text_is_one_of_some_task(page):
    for setting in settings(page):
        assert setting.partition("=")[0] in KEYS, setting


def takers(changed, tasks, recipe=None):
    """The tasks whose recipe takes these settings."""
    found = []
    for task in tasks:
        with suppress(SeqtuneError):
            found.append(Recipe.load(recipe, task, changed))
    return found


@pytest.mark.parametrize(("page", "code"), SNIPPETS)
def test_a_snippet_compiles_and_names_what_there_is(page, code):
    tree = ast.parse(code, page)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                importlib.import_module(name.name)
        elif isinstance(node, ast.ImportFrom) and node.module not in {*BESIDE, "__future__"}:
            module = importlib.import_module(node.module)
            for name in node.names:
                assert hasattr(module, name.name), f"{node.module}.{name.name}"
        elif isinstance(node, ast.Attribute) and is_seqtune(node.value):
            assert node.attr in {*seqtune.__all__, "sklearn", "progress"}, node.attr


@pytest.mark.parametrize(("page", "code"), SNIPPETS)
def test_a_snippet_calls_the_functions_of_the_package_as_they_are(page, code):
    for node in ast.walk(ast.parse(code, page)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            function = node.func.attr if is_seqtune(node.func.value) else ""
            given = {each.arg for each in node.keywords}
            assert function not in TAKEN or given <= TAKEN[function], function


def is_seqtune(node):
    return isinstance(node, ast.Name) and node.id == "seqtune"


@pytest.fixture
def quick(tmp_path, monkeypatch):
    """A folder with the samples in it, and a `seqtune.fit` that searches no network."""
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("*.py", "[!a]*.*"))
    monkeypatch.chdir(tmp_path)
    fit = seqtune.fit

    def simple(*given, **options):
        methods = "baselines.methods=[naive,seasonal_naive]"
        return fit(*given, **{**options, "trials": 0, "budget": "9h", "set": [methods]})

    monkeypatch.setattr(seqtune, "fit", simple, raising=False)


@pytest.mark.parametrize("page", ["docs/index.md", "docs/notebook.md"])
def test_the_snippets_of_a_page_run_one_after_the_other(quick, page, capsys):
    names = {}
    for code in snippets(page):
        exec(compile(code, page, "exec"), names)
    if page == "docs/notebook.md":
        said = capsys.readouterr().out
        assert "no network was trained" in said  # what the listener heard
        assert "passenger" in said and "--target" in said  # what was wrong, and what mends it
        assert {"month", "mean", "q0.1", "q0.9"} <= set(names["forecast"].columns)


def test_the_commands_of_the_start_page_run_one_after_the_other(shapes):
    simple = ("--trials", "0", "--set", "baselines.methods=[naive,seasonal_naive]")
    for line in fenced("docs/index.md"):
        words = parse(line)
        done = command(*words, *(simple if words[0] == "fit" else ()))
        assert done.out or "-o" in words, line
    assert Path("predictions.csv").stat().st_size


@pytest.fixture
def shapes(tmp_path, monkeypatch):
    """A folder with the samples and the other files that the page of shapes speaks of."""
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("*.py"))
    monkeypatch.chdir(tmp_path)
    hours = pd.date_range("2024-01-01", periods=400, freq="h")
    use = np.round(20 + 5 * np.sin(np.arange(400) * np.pi / 12), 2)
    grid = pd.DataFrame({"hour": hours, "north": use, "south": use + 1, "west": 2 * use})
    grid.to_csv("grid.csv", index=False)
    days = pd.date_range("2024-01-01", periods=200, freq="D")
    orders = pd.DataFrame({"day": days, "pieces": np.arange(200) % 5 == 0}).astype({"pieces": int})
    orders.to_csv("spare_parts.csv", index=False)
    sales = orders.rename(columns={"pieces": "sales"}).assign(sales=np.arange(200) % 7 + 10)
    sales.to_excel("sales.xlsx", sheet_name="orders", index=False)
    with closing(sqlite3.connect("shop.sqlite")) as database:
        sales.to_sql("orders", database, index=False)
    gestures = pd.read_csv(DATA / "gestures.csv")
    folder = tmp_path / "recordings"
    folder.mkdir()
    for case, rows in gestures.groupby("case"):
        rows[["step", "x", "y", "z"]].to_csv(folder / f"{case}.csv", index=False)
    labels = gestures.groupby("case")["label"].first().rename_axis("file").reset_index()
    labels.to_csv(folder / "labels.csv", index=False)
    messages = pd.read_csv(DATA / "messages.csv", keep_default_na=False)
    for place, (text, label) in enumerate(messages.head(100).itertuples(index=False)):
        write(tmp_path / "reviews" / label / f"{place}.txt", text)
        write(tmp_path / "poems" / f"{place}.txt", f"{text} and so on and so forth.\n" * 5)
    pairs = pd.read_csv(DATA / "phrases.csv").head(100)
    write(tmp_path / "train.en", "\n".join([*pairs["english"], ""]))
    write(tmp_path / "train.de", "\n".join([*pairs["velish"], ""]))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


SHAPES = [line for line in fenced("docs/my-data.md") if line.startswith("seqtune fit ")]


def test_every_shape_of_data_is_read_by_the_command_beside_it(shapes):
    piped = "seqtune fit - --task forecast"
    assert len(SHAPES) > 15 and piped in SHAPES
    for line in SHAPES:
        if line != piped:  # `fit` does what `plan` says, and `plan` trains nothing
            words = parse(line)
            found = command("plan", *words[1:], "--json").json
            assert found["task"] == words[words.index("--task") + 1], line


def test_excerpts_of_samples_are_what_stands_there():
    page = text_of("docs/my-data.md")
    excerpts = re.findall(r"```(?:csv|conll)\n(.*?)```\n\n```\nseqtune fit (\S+)", page, flags=re.S)
    samples = [(text, file) for text, file in excerpts if file.startswith("data/")]
    assert len(samples) == 8
    for text, file in samples:
        assert (ROOT / file).read_text(encoding="utf-8").startswith(text), file


def test_pictures_are_those_of_the_tasks_and_say_nothing_of_where_they_were_drawn():
    pictures = sorted((ROOT / "docs" / "pictures").iterdir())
    assert [path.stem for path in pictures] == TASKS and {path.suffix for path in pictures} == {
        ".svg"
    }
    for path in pictures:
        text = path.read_text(encoding="utf-8")
        assert len(text) < 100_000 and "url(http" not in text
        assert "/tmp" not in text and "/home" not in text and "/root" not in text
        assert "runs/" in text  # the next command
