import json

import pytest
from typer.testing import CliRunner

from seqtune.cli.recipes import app
from seqtune.errors import SeqtuneError
from seqtune.recipe import catalogue
from seqtune.recipe.load import Recipe


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def out(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def error(*arguments):
    result = run(*arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, SeqtuneError)
    assert result.stdout == ""
    return result.exception


def test_list_has_a_line_for_each_recipe():
    lines = out("list").splitlines()
    assert [line.split()[0] for line in lines] == list(catalogue.names())
    assert all(line.endswith(".") and len(line) <= 80 for line in lines)
    assert [row["name"] for row in json.loads(out("list", "--json"))] == [
        line.split()[0] for line in lines
    ]


def test_show_prints_the_whole_recipe():
    recipe = Recipe.load("thorough", "forecast")
    assert out("show", "forecast/thorough") == recipe.to_yaml()
    assert out("show", "thorough") == recipe.to_yaml()
    assert json.loads(out("show", "thorough", "--json")) == recipe.to_dict()
    shown = json.loads(out("show", "thorough", "--json", "--set", "network.units=[16,32]"))
    assert shown["network"]["units"] == [16, 32]


def test_show_takes_a_file(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("task: forecast\nhorizon: 3\n")
    assert json.loads(out("show", path, "--json"))["horizon"] == 3


@pytest.mark.parametrize("task", ["anomaly", "classify", "forecast"])
def test_a_name_that_several_tasks_have_needs_the_task(task):
    shown = Recipe.load("quick", task).to_yaml()
    assert out("show", "quick", "--task", task) == shown == out("show", f"{task}/quick")
    refused = error("show", "quick")
    several = ", ".join(name for name in catalogue.names() if name.endswith("/quick"))
    assert refused.message == f"recipe 'quick' is ambiguous: {several}"


def test_show_refuses_unknown_names_and_tasks():
    assert "did you mean 'forecast/thorough'?" in error("show", "thorogh").message
    assert "unknown task 'forecats'" in error("show", "quick", "--task", "forecats").message


def test_check_says_ok(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("task: forecast\n")
    assert out("check", path) == "ok\n"
    assert json.loads(out("check", path, "--json")) == {
        "file": str(path),
        "valid": True,
        "faults": [],
    }


def test_check_tells_every_fault(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("task: forecast\nhorizon: 0\nsead: 3\n")
    told = error("check", path)
    assert told.message.split("\n") == [
        f"{path}:2: horizon: found 0, expected a whole number from 1 to 100000, or auto",
        f"{path}:3: sead: found unknown key 'sead', did you mean 'seed'?",
    ]
    assert told.hint.startswith("seqtune recipes ")
    result = run("check", path, "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["valid"] is False
    assert [(fault["line"], fault["path"]) for fault in document["faults"]] == [
        (2, "horizon"),
        (3, "sead"),
    ]


def test_check_refuses_what_is_no_file(tmp_path):
    assert "found a folder" in error("check", tmp_path).message
    assert "found no such file" in error("check", tmp_path / "no.yaml").message


def test_new_prints_a_recipe_that_is_valid(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text(out("new", "forecast"))
    assert out("check", path) == "ok\n"


def test_new_overwrites_by_force_alone(tmp_path):
    path = tmp_path / "my.yaml"
    result = run("new", "forecast", "-o", path)
    assert result.exit_code == 0
    assert f"seqtune recipes check {path}" in result.output
    path.write_text("mine")
    told = error("new", "forecast", "-o", path)
    assert told.message == f"{path} already exists" and "--force" in told.hint
    assert path.read_text() == "mine"
    assert "cannot be written" in error("new", "forecast", "-o", path / "x.yaml").message
    assert run("new", "forecast", "-o", path, "--force").exit_code == 0
    assert path.read_text() == out("new", "forecast")
    assert "unknown task 'forcast'" in error("new", "forcast").message


def test_schema_is_one_json_document():
    assert "forecast" in json.loads(out("schema"))["properties"]["task"]["enum"]
    document = json.loads(out("schema", "--task", "forecast"))
    assert document["properties"]["horizon"]["description"]
    assert "unknown task 'x'" in error("schema", "--task", "x").message


@pytest.mark.parametrize("command", ["list", "show", "check", "new", "schema", ""])
def test_help_ends_in_an_example(command):
    lines = out(*command.split(), "--help").strip().splitlines()
    assert lines[-1].strip().startswith(f"Example: seqtune recipes {command}".strip())
