"""The numbers that say of which part a sequence is."""

from __future__ import annotations

TRAIN, VALIDATION, TEST = 0, 1, 2
NUMBER = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
