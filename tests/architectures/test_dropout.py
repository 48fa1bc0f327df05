"""Dropout: what is left out, what is scaled, and who says how much of it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from seqtune.architectures._dropout import Dropout, dropout_share

ONES = np.ones((40, 50, 20), np.float32)
"""40000 figures: shares of them are within 0.01 of what was asked, four deviations or more."""


def dropped(share: float, inputs: Any = ONES, **options: Any) -> npt.NDArray[np.float32]:
    layer = Dropout(share, **options)
    layer.seeds = keras.random.SeedGenerator(3)
    return np.asarray(layer(inputs, training=True))


def test_a_single_feature_is_there_or_not() -> None:
    layer = Dropout(0.5)
    found = {float(np.asarray(layer(np.ones((1, 1)), training=True))[0, 0]) for _ in range(40)}
    assert found == {0.0, 2.0}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_a_share_of_the_features_is_zero_and_the_others_are_scaled_up(share: float) -> None:
    found = dropped(share)
    assert (found == 0).mean() == pytest.approx(share, abs=0.01)
    assert found[found != 0] == pytest.approx(1 / (1 - share), rel=1e-6)
    assert found.mean() == pytest.approx(1, abs=0.05)  # as large as before, in the mean
    assert found.dtype == np.float32


def test_what_stays_is_in_proportion_to_what_it_was() -> None:
    inputs = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
    found = dropped(0.25, inputs)
    stays = found != 0
    assert stays.any() and not stays.all()
    assert found[stays] == pytest.approx(inputs[stays] / 0.75, rel=1e-6)


def test_every_step_leaves_out_others_unless_all_are_to_be_the_same() -> None:
    assert not (dropped(0.5) == dropped(0.5)[:, :1]).all(axis=1).any()
    same = dropped(0.5, same_steps=True)
    assert (same == same[:, :1]).all()  # whole features
    assert (same[:, 0] == 0).mean() == pytest.approx(0.5, abs=0.06)
    assert not (same == same[:1]).all()  # each case its own


def test_every_call_leaves_out_others() -> None:
    layer = Dropout(0.5)
    first, second = (np.asarray(layer(ONES, training=True)) for _ in range(2))
    assert ((first == 0) != (second == 0)).mean() == pytest.approx(0.5, abs=0.01)


def test_without_training_inputs_are_left_alone() -> None:
    layer = Dropout(0.9, same_steps=True)
    with dropout_share(0.5):
        for call in (layer, lambda inputs: layer(inputs, training=False)):
            assert (np.asarray(call(ONES)) == ONES).all()


def test_the_share_that_is_given_wins_while_it_is_given() -> None:
    layer = Dropout(0.9)
    with dropout_share(0.2):
        outer = np.asarray(layer(ONES, training=True))
        with dropout_share(0.6):
            inner = np.asarray(layer(ONES, training=True))
        again = np.asarray(layer(ONES, training=True))
    after = np.asarray(layer(ONES, training=True))
    shares = [(each == 0).mean() for each in (outer, inner, again, after)]
    assert shares == pytest.approx([0.2, 0.6, 0.2, 0.9], abs=0.01)
    assert outer.max() == pytest.approx(1.25, rel=1e-6)


def test_a_share_of_nothing_that_is_given_leaves_all_as_it_is() -> None:
    with dropout_share(0.0):
        assert (dropped(0.9) == ONES).all()


def test_a_given_share_ends_with_an_error() -> None:
    with pytest.raises(KeyError), dropout_share(0.1):
        raise KeyError
    assert (dropped(0.9) == 0).mean() == pytest.approx(0.9, abs=0.01)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="programs of JAX")
def test_the_share_may_be_an_input_of_a_compiled_program() -> None:
    import jax

    layer, state = Dropout(0.9), np.array([0, 3], np.uint32)
    traced = []

    @jax.jit
    def program(share: Any) -> Any:
        traced.append(share)
        scope = keras.StatelessScope(state_mapping=[(layer.seeds.state, state)])
        with scope, dropout_share(share):
            return layer(ONES, training=True)

    for share in (0.1, 0.3, 0.6):
        found = np.asarray(program(np.float32(share)))
        assert (found == 0).mean() == pytest.approx(share, abs=0.01)
        assert found.max() == pytest.approx(1 / (1 - share), rel=1e-5)
    assert len(traced) == 1


def test_a_layer_comes_back_from_its_configuration() -> None:
    layer = Dropout(0.3, same_steps=True, name="behind")
    again = Dropout.from_config(layer.get_config())
    assert (again.share, again.same_steps, again.name) == (0.3, True, "behind")
    assert Dropout.from_config(Dropout(0.3).get_config()).same_steps is False


def test_a_network_comes_back_from_its_file_with_its_shares(tmp_path: Any) -> None:
    inputs = keras.Input((5, 2))
    model = keras.Model(inputs, Dropout(0.3, same_steps=True, name="behind")(inputs))
    assert model.output_shape == (None, 5, 2)
    assert model.count_params() == 0
    model.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    assert (again.get_layer("behind").share, again.get_layer("behind").same_steps) == (0.3, True)


def test_a_mask_is_handed_on() -> None:
    inputs = keras.Input((2, 1))
    behind = Dropout(0.5)(keras.layers.Masking()(inputs))
    mean = keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(behind))
    assert np.asarray(mean(np.array([[[3.0], [0.0]]], np.float32))).tolist() == [[3.0]]
