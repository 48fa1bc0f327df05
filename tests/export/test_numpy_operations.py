"""What is copied into files of Python: worked by hand, and with what ONNX says of it."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np
import pytest

from seqtune.errors import ExportError
from seqtune.export.numpy import operations
from seqtune.export.numpy.expressions import expression_of
from seqtune.export.numpy.source import Source, variable

STEPS = np.arange(24.0).reshape(4, 6)


@pytest.mark.parametrize(
    ("kind", "read", "own", "text"),
    [
        ("Add", ["x", "y"], {}, "x + y"),
        ("Neg", ["x"], {}, "-x"),
        ("Max", ["x", "y"], {}, "np.maximum(x, y)"),
        ("Transpose", ["x"], {"perm": [1, 0]}, "x.transpose(1, 0)"),
        ("Slice", ["x", "[0]", "[5]", "[1]", "[1]"], {}, "x[:, :5]"),
        ("Slice", ["x", "[2]", "[9223372036854775807]", "[0]"], {}, "x[2:]"),
        ("Slice", ["x", "[-1]", "[-9223372036854775807]", "[2]", "[-1]"], {}, "x[:, :, ::-1]"),
        ("Slice", ["x", "begin", "[5]", "[1]"], {}, "cut(x, begin, [5], [1])"),
        ("Shape", ["x"], {"start": 1, "end": 2}, "np.array(np.shape(x)[1:2], np.int64)"),
        ("ReduceSum", ["x", "[1]"], {"keepdims": 0}, "np.sum(x, axis=tuple([1]), dtype=x.dtype)"),
        ("LSTM", ["x", "w", "r", "b", "", "h", "c"], {"direction": "reverse"},
         "lstm(x, w, r, b, None, h, c, backwards=True)"),
    ],
)  # fmt: skip
def test_a_node_is_an_expression(kind: str, read: list[str], own: Any, text: str) -> None:
    assert expression_of(kind, read, own) == text


def test_an_operation_that_is_not_known_is_named() -> None:
    with pytest.raises(ExportError, match="the operation Einsum of this network has no form"):
        expression_of("Einsum", ["x"], {})


def test_recurrences_begin_at_the_end_and_stop_at_lengths() -> None:
    given, kernel = np.array([[[1.0]], [[2.0]], [[4.0]]]), np.ones((1, 1, 1))
    recurrent, bias, state = np.zeros((1, 1, 1)), np.zeros((1, 2)), np.zeros((1, 1, 1))
    every, last = operations.rnn(given, kernel, recurrent, bias, None, state)
    assert every[:, 0, 0, 0] == pytest.approx(np.tanh([1, 2, 4]))
    assert last[0, 0, 0] == every[2, 0, 0, 0]
    every, last = operations.rnn(given, kernel, recurrent, bias, np.array([2]), state, True)
    assert every[:, 0, 0, 0] == pytest.approx([math.tanh(1), math.tanh(2), 0])
    assert last[0, 0, 0] == pytest.approx(math.tanh(1))


def test_convolutions_stride_dilate_and_group() -> None:
    x = np.arange(12.0).reshape(1, 2, 6)
    kernel = np.array([[[1.0, 10.0]], [[1.0, 0.0]]])  # (filters, channels of a group, taps)
    made = operations.convolve(x, kernel, [2], [2], [1, 0], group=2)
    # padded channels: 0 0 1 2 3 4 5 and 0 6 7 8 9 10 11; taps two apart, from every second place
    assert made.tolist() == [[[10.0, 31.0, 53.0], [0.0, 7.0, 9.0]]]


def test_small_things() -> None:
    assert operations.divide(np.array([7, -7]), np.array([2, 2])).tolist() == [3, -3]
    assert operations.divide(np.float32([7]), 2).tolist() == [3.5]
    assert operations.reshape(STEPS, [0, -1, 2]).shape == (4, 3, 2)
    assert operations.cut(STEPS, [4], [-(2**63) + 1], [1], [-2]).tolist()[0] == [4, 2, 0]
    assert operations.pad(np.ones((1, 1)), [0, 1, 0, 0]).tolist() == [[0, 1]]
    values, places = operations.top(np.array([[1.0, 3.0, 3.0]]), [2], 1, True)
    assert values.tolist() == [[3, 3]] and places.tolist() == [[1, 2]]
    assert operations.running_sum(np.array([1, 2, 4]), 0, True).tolist() == [7, 6, 4]
    assert operations.gather_places(STEPS, np.array([[1, 2]])).tolist() == [8]
    assert operations.gather_places(STEPS, np.array([[1]] * 4), 1).tolist() == [1, 7, 13, 19]
    exact = [math.erf(x) for x in (-3.0, -0.5, 0.0, 0.5, 3.0)]
    assert operations.error_function(np.array([-3, -0.5, 0, 0.5, 3])) == pytest.approx(
        exact, abs=2e-7
    )
    assert np.all(np.isfinite(operations.sigmoid(np.float32([-1e4, 1e4]))))


def test_names_and_titles_are_no_more_than_that() -> None:
    names = ["history", "pad", "np", "lambda", "two words", "3d", "x;import os"]
    found = ["history", "pad_", "np_", "lambda_", "two_words", "_3d", "x_import_os"]
    assert [variable(name) for name in names] == found
    text = Source('gru \\"""\nimport os\n"""').text()
    assert text.startswith('"""gru _____import os____\n') and ast.get_docstring(ast.parse(text))
