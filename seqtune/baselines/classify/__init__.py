"""Simple classifiers, one method per file.

Each module has `KINDS`, a literal tuple of the inputs it takes ("text", "series"), and `fit`. It
may have `work(training, cases)`: how the time of fitting so many cases and predicting so many
others grows, in any unit; without it, the time is taken to grow with their sum.
"""
