"""Where a search can be followed from outside, a file each: its name is the word of `--track`.

    search ─▶ Feed: a queue, and a thread ─▶ a process ─▶ tracker: a library, a file or a server

A module has a function `start(run)`, which takes a `Tracked` and returns a `Tracker`; see
`_contract`. It runs in a process of its own: it may be slow, fail or hang, and the library may
print, start threads and wait at its end, and the search does not notice. Libraries are imported
where they are used. `PACKAGES` names what has to be importable. `FILES = True` says that the
tracker takes files when the run is complete.

Where to connect is for the variables of a library to say, never for a recipe; without them, a
tracker writes to files in the run folder or beside it.
"""
