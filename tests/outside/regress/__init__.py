"""A task from another package: a number of each row from the other numbers of the row."""
