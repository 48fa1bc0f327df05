"""`--html`: a page beside what a command prints, written whole or not at all."""

from __future__ import annotations

import json

import pytest
from command_line import TINY, weekly


@pytest.fixture(scope="module")
def run(seqtune, tmp_path_factory):
    """A run that was fitted with a page, and what was printed."""
    folder = tmp_path_factory.mktemp("html")
    weekly(60).to_csv(folder / "sales.csv", index=False)
    words = (*TINY, "--out", folder / "run", "--html", folder / "fit.html", "--json")
    done = seqtune("fit", folder / "sales.csv", "--task", "forecast", *words)
    return folder, done


def test_fit_leaves_a_page_and_says_where(run):
    folder, done = run
    assert json.loads(done.out)["run"] == str(folder / "run")
    assert done.err.splitlines()[-1] == f"wrote {folder / 'fit.html'}"
    page = (folder / "fit.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "The search" in page
    assert len(page.encode()) < 1_000_000


def test_report_prints_the_same_with_a_page_as_without(run, seqtune, here):
    folder, _ = run
    plain = seqtune("report", folder / "run")
    done = seqtune("report", folder / "run", "--html", "report.html")
    assert done.out == plain.out
    assert done.err == plain.err + "wrote report.html\n"
    assert "<h1>run</h1>" in (here / "report.html").read_text(encoding="utf-8")


def test_a_file_that_exists_is_replaced_by_force_alone(run, seqtune, refused, here):
    folder, _ = run
    (here / "mine.html").write_text("mine")
    data = folder / "sales.csv"
    for words in (
        ("report", folder / "run"),
        ("runs", folder),
        ("fit", data, "--task", "forecast", *TINY, "--out", "new"),
    ):
        error, hint = refused(*words, "--html", "mine.html")
        assert (error, hint) == ("mine.html already exists", "use --force to replace it")
    assert (here / "mine.html").read_text() == "mine" and not (here / "new").exists()
    seqtune("report", folder / "run", "--html", "mine.html", "--force")
    assert "<h1>" in (here / "mine.html").read_text(encoding="utf-8")


def test_a_folder_is_no_page_before_any_work_is_done(run, refused, here):
    data = run[0] / "sales.csv"
    (here / "pages").mkdir()
    words = ("fit", data, "--task", "forecast", *TINY, "--out", "new", "--force")
    error, hint = refused(*words, "--html", "pages")
    assert (error, hint) == ("pages is a folder, expected a file", "name a file in it")
    assert not (here / "new").exists()


def test_runs_compares_them_on_a_page(run, seqtune, here):
    folder, _ = run
    plain = seqtune("runs", folder)
    done = seqtune("runs", folder, "--html", "runs.html")
    assert done.out == plain.out and done.err.endswith("wrote runs.html\n")
    assert "sales.csv, forecast" in (here / "runs.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_an_error_of_two_lines(run, seqtune, here):
    folder, _ = run
    (here / "file").write_text("")
    done = seqtune("report", folder / "run", "--html", "file/page.html", code=1)
    assert done.err.splitlines()[-2].startswith("error: file/page.html cannot be written")


def test_a_bundle_has_a_page_with_its_evidence(run, seqtune, here):
    folder, _ = run
    evidence = '[{"key": "own", "title": "Shown by the task"}]'
    (folder / "run" / "evidence.json").write_text(evidence)
    seqtune("export", folder / "run", "-o", "bundle.zip", "--use", "naive")
    seqtune("report", "bundle.zip", "--html", "bundle.html")
    page = (here / "bundle.html").read_text(encoding="utf-8")
    assert "Shown by the task" in page and "A bundle that holds naive" in page
