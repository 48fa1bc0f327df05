"""Tagging: a label for every token of a sentence, or for every step of a series."""
