"""Simple classifiers, one per file; `seqtune.baselines.method` says what a file holds.

Each also has `KINDS`, a literal tuple of the inputs that it takes: "text", "series".
"""
