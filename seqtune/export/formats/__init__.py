"""The forms of `seqtune export`, a file each: the name of the file is the word of `--format`.

A module has a function `write(run, row, path)`, which writes a row of the leaderboard of a `Run` to
a place where nothing is, or what may be replaced, and returns an `ExportSummary`. The first line of
its docstring is its help.
"""
