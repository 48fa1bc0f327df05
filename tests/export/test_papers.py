"""What stands beside the networks of a bundle: requirements, Dockerfile, Markdown."""

from __future__ import annotations

import re
from importlib.metadata import version

import pytest

from seqtune.export.dockerfile import dockerfile
from seqtune.export.markdown import bullets, plain, table
from seqtune.export.requirements import ALWAYS, requirements, text


def names(lines: tuple[str, ...]) -> list[str]:
    return [line.partition("==")[0] for line in lines]


def test_requirements_are_exact_complete_and_without_what_trains() -> None:
    lines = requirements(["onnxruntime", "numpy", "json", "seqtune"])
    assert lines[0] == f"seqtune=={version('seqtune')}"
    assert f"numpy=={version('numpy').partition('+')[0]}" in lines
    found = names(lines)
    assert found[1:] == sorted(set(found[1:]))
    assert {*ALWAYS, "onnxruntime", "protobuf", "pydantic-core", "click"} - {*found} <= {"click"}
    assert not {"keras", "jax", "tensorflow", "scipy", "sympy", "keras-tuner"} & {*found}
    assert all(re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.!]+", line) for line in lines)
    assert text(lines).startswith("# pip install --no-deps -r requirements.txt\nseqtune==")


def test_what_a_prediction_loaded_is_required_with_all_that_it_needs() -> None:
    without, with_it = names(requirements([])), names(requirements(["sklearn"]))
    assert set(with_it) - set(without) >= {"scikit-learn", "scipy", "joblib", "threadpoolctl"}
    assert "onnxruntime" not in without


@pytest.mark.parametrize(
    ("name", "used"),
    [("airline.zip", "airline.zip"), ("a b.zip", "bundle.zip"), ("x\nRUN evil", "bundle.zip"),
     ("$(evil)", "bundle.zip"), ("-v.zip", "bundle.zip")],
)  # fmt: skip
def test_the_dockerfile_serves_as_nobody_and_says_whether_it_lives(name: str, used: str) -> None:
    lines = dockerfile(name).splitlines()
    assert f"ARG BUNDLE={used}" in lines and "USER seqtune" in lines
    assert lines.index("USER seqtune") < next(
        number for number, line in enumerate(lines) if line.startswith("CMD ")
    )
    assert any("/health/live" in line for line in lines)
    assert "evil" not in dockerfile(name)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("sales", "sales"),
        ("a_b*c*", r"a\_b\*c\*"),
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("[x](http://evil)", r"\[x\](http\://evil)"),
        ("a|b", r"a\|b"),
        ("one\ntwo  three", r"one\\ntwo three"),
        ("\x1b[2J", r"\\x1b\[2J"),
        ("`rm`", r"\`rm\`"),
        ("12:30", "12:30"),
    ],
)
def test_nothing_from_outside_is_more_than_text_in_markdown(written: str, shown: str) -> None:
    assert plain(written) == shown


def test_long_texts_are_cut() -> None:
    assert plain("a" * 300) == "a" * 199 + "…"


def test_tables_and_lists() -> None:
    assert table(["role", "columns"], [("time", "a|b")]) == [
        "| role | columns |",
        "| --- | --- |",
        r"| time | a\|b |",
    ]
    assert bullets(["one", "two"]) == ["- one", "- two"]
