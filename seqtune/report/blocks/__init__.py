"""What a page shows of any run, whatever its task: a file for each block."""
