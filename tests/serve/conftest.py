"""Tiny runs that tests of the server share."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_runs import SAMPLES

from seqtune.run.run import load
from seqtune.serve.served_model import ServedModel


@pytest.fixture(scope="session")
def forecast_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of a daily series without a name."""
    return SAMPLES["forecast"].fit("forecast", tmp_path_factory.mktemp("served-forecast"))[0]


@pytest.fixture(scope="session")
def tag_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of sentences, a row for each token."""
    return SAMPLES["tag"].fit("tag", tmp_path_factory.mktemp("served-tag"))[0]


@pytest.fixture(scope="session")
def forecaster(forecast_run: Path) -> ServedModel:
    """Its network, behind no server."""
    return ServedModel("daily", load(forecast_run), "network")


@pytest.fixture(scope="session")
def tagger(tag_run: Path) -> ServedModel:
    """Its network, behind no server."""
    return ServedModel("flights", load(tag_run), "network")
