"""Simple anomaly detectors, one per file; `seqtune.baselines.method` says what a file holds."""
