"""Runs as estimators of scikit-learn, by its own checks as far as they suit what is fitted."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.ensemble import StackingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from tiny_runs import SAMPLES

from seqtune.errors import DataError, RunError
from seqtune.run.run import Run
from seqtune.sklearn import SeqtuneClassifier, SeqtuneEstimator

ROW = "tfidf_logistic"

CHECKS = (
    "check_no_attributes_set_in_init", "check_parameters_default_constructible",
    "check_get_params_invariance", "check_set_params", "check_estimator_cloneable",
    "check_estimator_repr", "check_estimator_tags_renamed", "check_valid_tag_types",
    "check_mixin_order",
)  # fmt: skip
"""The others draw random numbers and fit them, which no run was made for."""


@dataclass(frozen=True)
class Kept:
    """A run, its bundle, and rows that it never saw."""

    run: Path
    bundle: Path
    new: pd.DataFrame


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("sklearn")
    run, new = SAMPLES["classify"].fit("classify", folder)
    Run(run).export(folder / "model.zip", use=ROW)
    return Kept(run, folder / "model.zip", pd.read_csv(new))


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("kind", [SeqtuneEstimator, SeqtuneClassifier])
def test_it_passes_the_checks_of_scikit_learn(check: str, kind: type[SeqtuneEstimator]) -> None:
    getattr(estimator_checks, check)(kind.__name__, kind("runs/a", use="network"))


def test_it_says_what_the_run_says(kept: Kept) -> None:
    texts = kept.new[["text"]]
    expected = Run(kept.run).predict(texts, use=ROW)
    for path, use in ((kept.run, ROW), (kept.bundle, None)):
        model = SeqtuneClassifier(path, use=use).fit(texts, kept.new["label"])
        assert model.classes_.tolist() == ["l0", "l1", "l2"] and is_classifier(model)
        assert model.n_features_in_ == 1 and model.feature_names_in_.tolist() == ["text"]
        assert model.predict(texts).tolist() == expected["label"].tolist()
        shares = model.predict_proba(kept.new["text"].tolist())  # texts alone
        assert np.array_equal(shares, expected[["p_l0", "p_l1", "p_l2"]])
        right = np.mean(expected["label"] == kept.new["label"])
        assert model.score(texts, kept.new["label"]) == right > 0.9


def test_it_stands_in_a_pipeline_that_is_cloned_and_pickled(kept: Kept) -> None:
    lower = FunctionTransformer(lambda table: table.assign(text=table["text"].str.strip()))
    pipeline = make_pipeline(lower, SeqtuneClassifier(kept.bundle))
    first = clone(pipeline).fit(kept.new, kept.new["label"]).predict(kept.new)
    model = SeqtuneClassifier(str(kept.bundle)).fit(kept.new)
    model.predict(kept.new)
    stored = pickle.dumps(model)
    assert len(stored) < 1_500 and pickle.loads(stored).predict(kept.new).tolist() == first.tolist()


def test_it_stands_in_a_stack_of_what_is_fitted(kept: Kept) -> None:
    texts, labels = kept.new[["text"]], kept.new["label"]
    model = SeqtuneClassifier(kept.bundle).fit(texts, labels)
    stack = StackingClassifier([("seqtune", model)], LogisticRegression(), cv="prefit")
    assert stack.fit(texts, labels).score(texts, labels) > 0.9


def test_a_table_without_the_column_is_refused(kept: Kept) -> None:
    with pytest.raises(DataError, match="lacks column 'text' of the fitted data"):
        SeqtuneClassifier(kept.bundle).fit(pd.DataFrame({"nonsense": ["good film"]}))


def test_another_path_is_another_model(kept: Kept) -> None:
    model = SeqtuneEstimator(kept.bundle).fit(kept.new)
    model.predict(kept.new)
    model.set_params(path="nowhere.zip")
    with pytest.raises(RunError):
        model.predict(kept.new)


def test_what_does_not_suit_is_said_when_it_is_fitted(kept: Kept) -> None:
    with pytest.raises(DataError, match=r"found the labels l9, expected those of .*: l0, l1, l2"):
        SeqtuneClassifier(kept.bundle).fit(kept.new, ["l0", "l9"])
    with pytest.raises(DataError, match=r"shape \(2, 3\), expected \(rows, 1\) of text"):
        SeqtuneClassifier(kept.bundle).fit(np.ones((2, 3)))
    with pytest.raises(RunError, match="holds the model 'tfidf_logistic' alone"):
        SeqtuneEstimator(kept.bundle, use="majority").fit(kept.new)
    with pytest.raises(NotFittedError):
        SeqtuneClassifier(kept.bundle).predict(kept.new)


def test_a_run_of_another_task_gives_its_table_and_no_classes(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = SeqtuneEstimator(kept.bundle).fit(kept.new).predict(kept.new)
    assert list(table)[:3] == ["row", "label", "confidence"]
    monkeypatch.setattr("seqtune.sklearn.NamesClasses", str)
    with pytest.raises(RunError, match="gives no classes"):
        SeqtuneClassifier(kept.bundle).fit(kept.new)
