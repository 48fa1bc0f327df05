"""What XLA is told, and whether it takes it."""

from __future__ import annotations

import os
import subprocess

import pytest

from seqtune.runtime import xla


def test_what_xla_does_not_know_is_found_out_before_it_ends_a_process() -> None:
    assert not xla.takes("--xla_no_such_flag=1")
    assert xla.takes("")


def test_what_lies_in_the_users_folder_is_not_imported(tmp_path, monkeypatch) -> None:
    (tmp_path / "jax.py").write_text("raise SystemExit(3)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert xla.takes("")


def test_the_flags_for_gpus_are_known_to_the_jax_that_is_installed() -> None:
    assert xla.takes(xla.QUICKLY)


@pytest.mark.parametrize("fault", [OSError("no processes"), subprocess.TimeoutExpired("jax", 1)])
def test_where_nobody_can_be_asked_nothing_is_told(fault, monkeypatch) -> None:
    def fail(*arguments, **options):
        raise fault

    monkeypatch.setattr(xla.subprocess, "run", fail)
    assert not xla.takes("")


@pytest.mark.parametrize(("is_known", "told"), [(True, xla.QUICKLY), (False, "")])
def test_it_is_asked_once(is_known, told, monkeypatch) -> None:
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    asked: list[str] = []
    monkeypatch.setattr(xla, "takes", lambda flags: asked.append(flags) or is_known)
    assert xla.compile_quickly_for_gpus() is is_known
    assert os.environ["XLA_FLAGS"] == told
    assert xla.compile_quickly_for_gpus()
    assert asked == [xla.QUICKLY]


def test_what_the_user_has_set_stands(monkeypatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=here")
    monkeypatch.setattr(xla, "takes", lambda flags: pytest.fail("asked"))
    assert xla.compile_quickly_for_gpus()
    assert os.environ["XLA_FLAGS"] == "--xla_dump_to=here"
