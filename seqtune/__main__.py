"""`python -m seqtune` is the same as `seqtune`."""

from seqtune.cli.app import main

main()
