"""Simple anomaly detectors, one method per file.

Each module has `fit`, as in `_contract.py`. It may have `work(training, rows)`: how the time of
fitting so many rows and scoring so many others grows, in any unit; without it, the time is taken
to grow with their sum.
"""
