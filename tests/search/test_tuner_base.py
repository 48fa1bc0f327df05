"""Tests that what seqtune overrides and calls of Keras Tuner is what it was written for."""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from operator import attrgetter

import keras_tuner
import pytest

from seqtune.search.oracles.fixed_space import FixedSpaceOracle
from seqtune.search.oracles.grid import Grid
from seqtune.search.oracles.hyperband import Hyperband
from seqtune.search.oracles.tuner_base import DIGESTS, FixedSpace, TunerOracle


def digest(name: str) -> str:
    """Return a digest of a method's arguments and statements, without docstring and white space.

    The method is read from the source of its class: a decorator may hide it.
    """
    owner, _, method = name.rpartition(".")
    source = textwrap.dedent(inspect.getsource(attrgetter(owner)(keras_tuner)))
    (kind,) = ast.parse(source).body
    assert isinstance(kind, ast.ClassDef)
    found = [
        node for node in kind.body if isinstance(node, ast.FunctionDef) and node.name == method
    ]
    assert found, f"keras_tuner.{name} is gone: see seqtune/search/oracles/tuner_base.py"
    body = found[0].body[1 if ast.get_docstring(found[0]) else 0 :]
    text = ast.unparse(found[0].args)
    text += " ".join(ast.get_source_segment(source, statement) or "" for statement in body)
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", DIGESTS)
def test_keras_tuner_is_what_the_oracles_were_written_for(name: str) -> None:
    assert digest(name) == DIGESTS[name], (
        f"keras_tuner.{name} of Keras Tuner {keras_tuner.__version__} is another one than in the "
        "versions tested. Compare it with seqtune/search/oracles/tuner_base.py and the oracles "
        "beside it, run tests/search, then write the new digest and the version there"
    )


def test_private_methods_are_overridden_in_one_file_alone() -> None:
    for oracle in (FixedSpaceOracle, Grid, Hyperband):
        bases = [base for base in oracle.__mro__ if base.__module__.startswith("keras_tuner")]
        own = [
            base
            for base in oracle.__mro__
            if base.__module__.startswith("seqtune") and base is not TunerOracle
        ]
        theirs = {name for base in bases for name in vars(base) if name[:1] == "_" != name[1:2]}
        assert not theirs & {name for base in own for name in vars(base)}


def test_every_overridden_method_has_a_digest() -> None:
    overridden = {
        f"{base}.{name}"
        for base, own in (("Oracle", TunerOracle), ("HyperParameters", FixedSpace))
        for name in vars(own)
        if name in vars(getattr(keras_tuner, base)) and callable(getattr(own, name))
    }
    known = overridden - {"Oracle.populate_space"}  # meant to be overridden
    assert {name for name in known if "__" not in name} <= DIGESTS.keys()
