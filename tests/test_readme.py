"""The commands of README.md and of docs: every one is known, and those of README.md and of the
pages on classification and tagging are really run, with tiny searches."""

from __future__ import annotations

import re
import shutil
from io import BytesIO, TextIOWrapper
from itertools import pairwise

import pandas as pd
import pytest
from command_line import (
    DATA,
    TINY,
    TINY_ANOMALY,
    TINY_CLASSIFY,
    TINY_GENERATE,
    TINY_TAG,
    TINY_TRANSLATE,
    parse,
    seqtune,
)
from page_text import PAGES, ROOT, fenced, inline, settings, text_of

from seqtune.recipe.load import Recipe

README, CLASSIFICATION, TAGGING = "README.md", "docs/classification.md", "docs/tagging.md"
IN_BLOCKS = [line for page in PAGES for line in fenced(page)]


def test_the_readme_shows_every_kind_of_command():
    used = {line.split()[1] for line in fenced(README)}
    assert used >= {
        "fit",
        "plan",
        "predict",
        "generate",
        "evaluate",
        "report",
        "runs",
        "inspect",
        "recipes",
    }
    tasks = {line.split("--task ")[1].split()[0] for line in fenced(README) if "--task" in line}
    assert tasks == {"forecast", "classify", "anomaly", "generate", "translate", "tag"}


@pytest.mark.parametrize(
    "line", [*IN_BLOCKS, *inline(README), *inline(CLASSIFICATION), *inline(TAGGING)]
)
def test_every_command_of_the_pages_is_known(line):
    assert parse(line)[0] == line.split()[1]


@pytest.mark.parametrize(
    ("page", "task", "least"),
    [
        ("docs/forecasting.md", "forecast", 2),
        (CLASSIFICATION, "classify", 10),
        ("docs/anomalies.md", "anomaly", 2),
        ("docs/generation.md", "generate", 10),
        (TAGGING, "tag", 1),
        ("docs/searching.md", "forecast", 1),
    ],
)
def test_every_setting_of_a_page_is_one(page, task, least):
    found = settings(page)
    assert len(found) >= least
    for setting in found:
        assert Recipe.load(None, task, [setting]).name == f"{task}/default", setting


def anchors(path):
    """The anchors that the headings of a page have on GitHub."""
    pieces = path.read_text(encoding="utf-8").split("```")[::2]
    headings = re.findall(r"^#+ (.+)$", "".join(pieces), flags=re.M)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("page", PAGES)
def test_links_between_the_pages_lead_somewhere(page):
    for link, _, anchor in re.findall(r"\]\(([^)#:]*)(#([^)]*))?\)", text_of(page)):
        if page == "docs/index.md" and link.startswith("reference/"):
            continue  # pages that the build of the site makes, and checks
        path = (ROOT / page).parent / link if link else ROOT / page
        assert path.is_file(), link
        assert not anchor or anchor in anchors(path), f"{link}#{anchor}"


def test_sections_that_the_code_names_are_there():
    named = set()
    for path in (ROOT / "seqtune").rglob("*.py"):
        text = " ".join(path.read_text(encoding="utf-8").split())
        named |= set(re.findall(r'(docs/[\w/-]+\.md), "([^"]+)"', text))
    assert named
    for page, section in named:
        assert section.lower().replace(" ", "-") in anchors(ROOT / page), f"{page}: {section}"


@pytest.mark.parametrize("page", PAGES)
def test_scripts_that_a_page_names_are_there(page):
    for script in re.findall(r"benchmarks/[\w/]+\.py", text_of(page)):
        assert (ROOT / script).is_file(), script


def test_the_page_of_benchmarks_lists_every_script():
    page = text_of("benchmarks/README.md")
    listed = set(re.findall(r"^\| `([\w/]+\.py)", page, flags=re.M))
    scripts = {path.name for path in (ROOT / "benchmarks").glob("[!_]*.py")}
    scripts |= {f"peers/{name}.py" for name in ("environments", "compare", "detectors")}
    assert listed == scripts - {"faulty_series.py"}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with the samples in it, and with the new rows that the README speaks of."""
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("*.py"))
    for name in ("phrases.csv", "weather.csv"):
        pd.read_csv(DATA / name).head(60).to_csv(tmp_path / "data" / name, index=False)
    table = pd.read_csv(DATA / "shops.csv").tail(730)
    table["date"] = (pd.to_datetime(table["date"]) + pd.Timedelta(days=730)).dt.date
    table.head(60).to_csv(tmp_path / "new.csv", index=False)
    today = pd.concat([pd.read_csv(DATA / "shops.csv"), table.head(60)])
    today.to_csv(tmp_path / "today.csv", index=False)
    write_tagged(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_tagged(folder):
    """Write less of the samples of tagging, and the files that its page speaks of."""
    every = (DATA / "agreement.conll").read_text(encoding="utf-8").split("\n\n")
    for name, sentences in (("data/agreement", 60), ("new", 5), ("test", 20)):
        (folder / f"{name}.conll").write_text("\n\n".join([*every[:sentences], ""]))
    steps = pd.read_csv(DATA / "wearer.csv")
    steps[steps["time"] < 60].to_csv(folder / "data" / "wearer.csv", index=False)
    words = [f"flight {number} to town {number % 3} .".split() for number in range(60)]
    tags = ["NOUN", "NUM", "ADP", "NOUN", "NUM", "PUNCT"]
    line = "{}\t{}\t_\t{}\t_\t_\t_\t_\t_\t_\n".format
    (folder / "train.conllu").write_text(
        "".join("".join(map(line, range(1, 7), each, tags)) + "\n" for each in words)
    )
    (folder / "seq.in").write_text("".join(" ".join(each) + "\n" for each in words))
    (folder / "seq.out").write_text(" ".join(tags).join(["", "\n"]) * 60)


@pytest.mark.parametrize("page", [README, CLASSIFICATION, TAGGING])
def test_the_commands_of_a_page_run_one_after_the_other(checkout, page, monkeypatch):
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"ta tilka griloi nuget .\n")))
    if page == TAGGING:
        pd.read_csv("data/wearer.csv").head(40).to_csv("new.csv", index=False)
    for line in fenced(page):
        words = parse(line)
        by_task = {
            "classify": TINY_CLASSIFY,
            "anomaly": TINY_ANOMALY,
            "generate": TINY_GENERATE,
            "tag": TINY_TAG,
            "translate": (*TINY_TRANSLATE, "--set", "network.decoder=ctc"),  # the quicker one
        }
        chosen = [flags for task, flags in by_task.items() if task in words]
        tiny = chosen[0] if chosen else TINY  # the last flag of a name holds
        tiny = tiny if words[0] == "fit" else ()
        done = seqtune(*words, *tiny)
        assert done.out or "-o" in words, line
        for flag, written in pairwise(words):
            assert flag != "-o" or (checkout / written).stat().st_size, line
