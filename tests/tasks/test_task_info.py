"""What tasks say of themselves holds: flags set keys that there are, metrics have a direction."""

from __future__ import annotations

from importlib import import_module

import pytest

from seqtune.recipe.check import schema_of
from seqtune.registry import tasks
from seqtune.tasks._info import TaskInfo, info_of, infos, metric_of
from seqtune.workflow.options import SHARED, known_flags

INFOS = {info.name: info for info in infos()}


@pytest.fixture(params=sorted(INFOS))
def info(request: pytest.FixtureRequest) -> TaskInfo:
    return INFOS[request.param]


def test_every_task_is_known_by_the_name_of_its_folder() -> None:
    assert list(INFOS) == list(tasks)
    assert [info_of(name).name for name in tasks] == list(tasks)


def test_words_for_tasks_are_told_apart() -> None:
    words = [word for info in INFOS.values() for word in (info.name, *info.synonyms)]
    assert len(words) == len(set(words))


def test_flags_set_keys_of_the_recipe(info: TaskInfo) -> None:
    keys = {".".join(steps) for steps, _ in schema_of(info.name).leaves()}
    assert {flag.path for flag in (*info.flags, *SHARED)} <= keys


def test_flags_have_one_kind_in_all_tasks_and_a_sentence_of_help() -> None:
    for flags in known_flags().values():
        assert len({flag.kind for flag in flags}) == 1
        assert all(flag.help.endswith(".") for flag in flags)


def test_a_metric_means_the_same_in_every_task(info: TaskInfo) -> None:
    for metric in info.metrics:
        assert metric_of(metric.name).direction == metric.direction
        assert metric.tie_break in ("", *(other.name for other in info.metrics))


def test_what_selects_is_a_metric_of_the_task(info: TaskInfo) -> None:
    schema = import_module(f"{tasks.modules[info.name]}.schema")
    assert {*getattr(schema, "METRICS", ())} <= {metric.name for metric in info.metrics}


def test_commands_of_tasks_are_there(info: TaskInfo) -> None:
    for name in info.commands:
        module = import_module(name)
        assert module.NAME and module.EXAMPLE and module.command.__doc__
