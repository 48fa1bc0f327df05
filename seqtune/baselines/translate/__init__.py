"""Simple methods that write a text, one per file; `seqtune.baselines.method` says what one holds.

Each also has `KINDS`, a literal tuple of the sources that it takes: "text", "symbols", "features",
"series".
"""
