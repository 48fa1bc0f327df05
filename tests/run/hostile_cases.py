"""What cannot stand in the files of a run: by task, file, and place in it.

A place is a path of keys and numbers; its values are put there one after the other.
"""

from __future__ import annotations

from math import inf, nan
from typing import Any

import numpy as np

Places = dict[str, list[Any]]

GRID: Places = {
    "grid/frequency": ["0h", "fast", 7, "99999999999999999999h"],
    "grid/origin": ["yesterday", ["x"]],
    "grid/interval": [0, 10**30],
    "grid/snap": ["x"],
}
"""The time axis, the same in the panel and in the codec, so that they agree."""

JSON: dict[tuple[str, str], Places] = {
    ("forecast", "codec.json"): {
        "horizon": [10**9, 0],
        "periods": [[10**9], [0], ["4"], [2] * 200],
        "levels": [[], [0.1, 0.9], [0.5, 2.0], ["x"], [0.5, nan]],
        "series": [["a"], [["a"]]],
        "error_scale": [[[1.0]], [[0.0]] * 3],
        "center": [[[nan]] * 3, [[10**400]] * 3],
        "spread": [[["x"]] * 3],
        "constant": [[[True]], [["x"]] * 3, 7],
        "roles": [{}, {"targets": ["y"]}],
        "past": [{"names": []}, {"names": ["visitors"], "center": [0.0], "spread": ["9"]}],
        "static": [{"names": [], "center": [], "spread": []}],
        "categories": [[], {"visitors": ["a", "b"]}],
        "effects": [[], [[[1.0]]] * 2, [[["x"]]], [[[nan]]], 7],
        "past/labels": [[], [1], [10**9], ["x"], None],
        "grid": [{"speed": 1}],
    },
    ("forecast", "data/panel.json"): {
        "series": [["a", "a", "b"], [1, 2, 3]],
        "arrays": [{}, {"target": 7}],
        "categories": [[], {"visitors": ["a", 1]}, {"visitors": [f"w{n}" for n in range(999)]}],
        "notes": [7],
    },
    ("forecast", "calibration.json"): {
        "t001": [{}, 7],
        "t001/levels": [[0.1, 0.5], None],
        "t001/factors": [[], [[1.0]], "x"],
        "t001/factors/0/0": [0.0, 21.0, nan, inf, "1", True, 10**400],
        "t001/more": [1],
    },
    ("classify", "codec.json"): {
        "roles": [{}, []],
        "roles/kind": ["os", 7],
        "labels": [{}, []],
        "labels/names": [[], ["l0"], [1, 2, 3], "x"],
        "weights": [[], ["x"] * 3, [nan] * 3],
        "tokenizers": [{}, {"word": 7}],
        "tokenizers/word/kind": ["os"],
        "tokenizers/word/vocabulary": [[], None, [7] * 9],
        "longest": [{}, {"word": 0}, {"word": "x"}, {"word": 10**12}],
    },
    ("classify", "calibration.json"): {
        "t001": [{}, 7, {"heat": 1.0}],
        "t001/temperature": [0, -1.0, 1e-300, 1e30, nan, inf, "2", None, True, 10**400],
    },
    ("anomaly", "codec.json"): {
        "season": [0, 10**9, 2.5],
        "bridge": [-1],
        "context": [10**9, "8"],
        "periods": [[0], [24] * 200],
        "cycles": [[0.0], [nan], ["24"], [24.0] * 200],
        "false_alarms": [0, 2, True, 10**400],
        "center": [[[0.0]], [[nan] * 2], 7],
        "spread": [[[0.0, 1.0]], [[-1.0, 1.0]], "x"],
        "activity_spread": [[[0.0, 0.0]]],
        "activity_center": [[["x", "y"]]],
        "low": [[[9.0] * 4], [[-inf] * 4], [[10**400] * 4]],
        "high": [[[1.0] * 3], [[-9.0] * 4]],
        "series": [[], ["a"], 7],
        "grid": [{}],
        "roles": [{}],
        "roles/targets": [[], ["heat", "load"]],
        "roles/time": [7],
        "roles/series": [[], ""],
        "roles/label": [{}],
        "scorers/smoothing": [[], [-1], [10**9], [0.5] * 101, ["0"]],
        "scorers/offsets": [["all"], ["mean"] * 2000],
        "scorers/channels": [[], [["mean"]]],
        "scorers/noncausal": [1, "no"],
        "flat_line": [[]],
    },
    ("anomaly", "calibration.json"): {
        "t001": [{}, 7, [1.0]],
        "t001/states": [{}, "x", 99.0],
        "t001/more": [1],
        "t001/states_score_0": [1e300, "x", [0.0]],
        "t001/states_level_0": [inf, True],
        "t001/states_known": [-3.0],
        "t001/tail": [0.0, 5.0],
    },
    ("translate", "codec.json"): {
        "roles": [{}, []],
        "roles/kind": ["os", 7, "series"],
        "roles/target_kind": ["features"],
        "metric": ["os", 7],
        "tokenizers": [{}, {"source": {}}],
        "tokenizers/source": [{}, 7],
        "tokenizers/target/character/kind": ["os", "word"],
        "tokenizers/target/character/vocabulary": [[], None, [7] * 9],
        "longest": [{}, {"source": {}, "target": {}}],
        "longest/target/character": [0, "x", 10**12, True],
        "counts": [{}, [], "x"],
        "counts/character": [[], [1], [1] * 999, "x"],
        "shapes": [{}, [], {"os": {}}],
        "shapes/character/character": [[], [[0, 1]], [[1]], [["a", 9]], [[10**12, 9]]],
        "lower": [1, "no"],
        "decoding": [{}, 7],
        "decoding/beam": [0, 10**9, True, "5"],
        "decoding/length_penalty": [-1, nan, inf, "x"],
        "center": [[1.0]],
        "categories": [{"source": ["a"]}],
    },
    ("tag", "codec.json"): {
        "roles": [{}, []],
        "roles/kind": ["os", 7, "steps"],
        "roles/token": ["", None, ["token"]],
        "roles/channels": [["x"], "x", [7]],
        "roles/series": [[], 7, "x" * 10**5],
        "tags": [{}, []],
        "tags/names": [[], ["O"], ["O", "O", "B-town"], ["O", 7, "I-town"], "OBI", ["O", "", "x"],
                       ["I-a", "I-b", "I-c"], ["O", "B-town"]],
        "tags/scheme": ["os", "iob1", 7, None, ["bio"], "bioes"],
        "tags/written": ["os", "bioes", "none", {}],
        "metric": ["os", 7, "log_loss"],
        "counts": [[], [1], [1] * 9, [-1, 1, 1], [True] * 3, ["1"] * 3, [10**400, 1, 1], "x",
                   [0.5] * 3],
        "longest": [0, 7, 10**12, True, "6", 6.0],
        "lengths": [[], [0, 6], [6, 6], [7], [*range(1, 999)], ["6"], 6, [5, 7, 6]],
        "usual": [0, 10**12, "x"],
        "is_causal": [1, "no", None],
        "lexicon": [None, [], {}, "x"],
        "lexicon/words": [["a", "a"], [7], "flight", ["x" * 10**5], None],
        "lexicon/characters": ["", "ba", "aa", ["a"], 7],
        "lexicon/affixes": [[], [[]] * 3, [["a"]] * 3, [["a", "a"]] * 4, "abcd"],
        "lexicon/lower": [1, "no"],
        "vectors": [4, -1, 10**12, True],
        "center": [[0.0], [nan], "x"],
        "spread": [[1.0], 7],
        "gaps": [[0], [-1], "x"], "changes": [[[0.0]], [[0.0], [0.0]], "x"],
    },
    ("generate", "codec.json"): {
        "objective": ["os"],
        "metric": [7],
        "column": [[]],
        "tokens": [{}],
        "documents": [-1, "x"],
        "characters": [[1]],
        "borders": [{}, {"character": [9, 1, 0]}, {"character": [1, 2, 10**12]},
                    {"character": "x"}],
        "tokens/character/kind": ["os"],
        "tokens/character/vocabulary": [[], [7] * 9, ["a"] * 60, None],
        "tokens/character/merges": [[["a"]]],
        "counts": [{}, [], "x", None, {"word": [1]}, {"os": 7}],
        "counts/character": [[], [1], [1] * 999, "x", 7, {"0": 1}],
        "counts/character/0": [-1, True, 0.5, "1", None, [1], 10**30, nan, inf],
    },
}  # fmt: skip

ARRAYS: dict[tuple[str, str], list[Any]] = {
    ("forecast", "starts"): [
        np.array([0, 0, 2**62]), np.array([0, 0, 10**12]), np.array([0, 0, -(2**63)])
    ],
    ("forecast", "offsets"): [np.array([0, 9, 9, 9]), np.array([0, -5, 64, 90]), np.array(7)],
    ("forecast", "train_end"): [
        np.array([-9, 9, 9]), np.array([2**40] * 3), np.array([1.5] * 3)
    ],
    ("forecast", "validation_end"): [np.arange(4)],
    ("classify", "word"): [np.full(3, 60_000, np.int32), np.zeros((2, 9)), np.array(7)],
    ("classify", "targets"): [np.full((30, 3), 7.0), np.zeros((30, 2)), np.array(7)],
    ("classify", "parts"): [np.full(30, 9, np.int8), np.zeros(3, np.int8)],
    ("anomaly", "labels"): [np.full(300, 7, np.int8), np.zeros(3, np.int8), np.zeros(300)],
    ("anomaly", "observed"): [np.ones((300, 2), np.int8)],
    ("anomaly", "target"): [
        np.full((300, 2), np.nan), np.zeros((300, 3)), np.full((300, 2), np.inf), np.zeros((2, 300))
    ],
    ("anomaly", "offsets"): [np.array([0, 2**60]), np.array([0])],
    ("anomaly", "starts"): [np.array([2**62]), np.array([-(2**63)])],
    ("anomaly", "train_end"): [np.array([2**40]), np.array([-9])],
    ("anomaly", "validation_end"): [np.array([0]), np.arange(4)],
    ("translate", "source_character"): [
        np.full(120, 60_000, np.int32), np.zeros(120, np.int32), np.zeros((2, 9)), np.array(7)
    ],
    ("translate", "target_character_offsets"): [np.array([0, 2**60]), np.array([0]), np.array(7)],
    ("translate", "case"): [np.full(60, 60), np.zeros(60, np.int64), np.arange(3), np.zeros(60)],
    ("translate", "parts"): [np.full(60, 9, np.int8), np.zeros(60, np.int8), np.zeros(3, np.int8)],
    ("translate", "lines"): [np.full(60, -1), np.arange(3)],
    ("tag", "offsets"): [
        np.array([0, 2**60]), np.array([0]), np.array(7), np.arange(41), np.arange(40, -1, -1),
        np.arange(0, 246, 6)[1:], np.zeros(41, np.int64),
    ],
    ("tag", "types"): [
        np.full(240, 48, np.int32), np.full(240, -1, np.int32), np.zeros(3, np.int32),
        np.zeros((2, 120), np.int32), np.zeros(240),
    ],
    ("tag", "words"): [np.full(48, 999, np.int32), np.full(48, -1, np.int32), np.arange(7)],
    ("tag", "characters"): [
        np.full((48, 20), 60_000, np.uint16), np.zeros((48, 19), np.uint16), np.zeros(48, np.uint16)
    ],
    ("tag", "spelling"): [np.full((48, 5), 10**6, np.int32), np.full((48, 5), -1, np.int32)],
    ("tag", "targets"): [
        np.full(240, 3, np.int32), np.full(240, -2, np.int32), np.full(240, -1, np.int32),
        np.zeros(3, np.int32), np.zeros(240),
    ],
    ("tag", "parts"): [
        np.full(40, 9, np.int8), np.full(40, -1, np.int8), np.zeros(40, np.int8),
        np.zeros(3, np.int8), np.arange(40, dtype=np.int8),
    ],
    ("tag", "lines"): [np.full(240, -1), np.arange(3), np.zeros(240)],
    ("tag", "names_offsets"): [np.array([0, 2**60]), np.array([0, 9, 9]), np.array(7)],
    ("tag", "spelled"): [np.zeros(3, np.uint8), np.zeros(107, np.int32), np.array(7)],
    ("tag", "spelled_offsets"): [np.zeros(48, np.int64), np.array([0, 107]), np.array([0])],
    ("generate", "character"): [
        np.full(20_001, 60_000, np.uint16), np.zeros(3, np.uint16), np.zeros((2, 9)), np.array(7)
    ],
}  # fmt: skip

PICKLED = {
    "forecast": ("target", "train_end", "starts"),
    "classify": ("word", "targets", "parts"),
    "anomaly": ("labels", "target", "train_end"),
    "translate": ("source_character", "case", "parts", "answers"),
    "tag": ("types", "targets", "parts", "characters"),
    "generate": ("character",),
}
"""Arrays that are read before anything is predicted."""

VALUES: dict[str, Places] = {
    "classify": {
        "text.tokens": ["os", 7], "text.embedding": [0, 10**9], "network.pooling": ["x"],
        "network.cell": ["../gru"], "network.architecture": ["os"], "unknown": [1],
    },
    "anomaly": {
        "lookback": [0, 10**12, "8"], "preprocessing.points": [0, 10**9],
        "preprocessing.reach": [-1.0, 1e18], "preprocessing.activity": ["x"],
        "preprocessing.calendar": [7], "network.cell": ["../gru"], "network.architecture": ["os"],
        "network.units": [10**9], "network.layers": [10**6], "network.autoencoder.code": [-3],
        "training.trim": ["x"], "unknown": [1],
    },
    "translate": {
        "tokens.source": ["os", 7], "tokens.target": ["word"], "network.embedding": [0, 10**9],
        "network.decoder": ["x"], "network.attention": ["x", 3], "network.copying": ["x"],
        "network.cell": ["../gru"], "network.architecture": ["os"], "unknown": [1],
    },
    "tag": {
        "tokens.characters": ["os", 7], "tokens.embedding": [0, 10**9], "tokens.spelling": ["x"],
        "network.head": ["os", 3], "network.units": [10**9], "network.layers": [10**6],
        "steps.scaling": ["os", []], "network.cell": ["../gru"], "network.architecture": ["os"],
        "unknown": [1],
    },
    "generate": {
        "tokens.kind": ["os", 7], "network.embedding": [0, 10**9], "network.attention": [-1],
        "network.tied": ["x"], "network.cell": ["../gru"], "unknown": [1],
    },
}  # fmt: skip
"""Of a member's configuration; those of a forecast are in `test_hostile_network`."""

MEMBER: Places = {
    "trial": ["../t001", ""],
    "weight": [0, nan],
    "model": ["/etc/passwd", "../x"],
    "method": ["../os", 7],
    "values": [[]],
    "extra": [1],
}

CHART: Places = {
    "kind": ["os"],
    "title": [7],
    "times": [7],
    "values": [["x"], []],
    "marked": [None],
    "events": [-1],
    "rows": [1e9],
    "threshold": ["x", None],
    "strangest": [7, [{}], [7] * 5],
    "more": [1],
}
"""Of the chart of anomalies."""
