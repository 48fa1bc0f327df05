"""One recurrence per file; the file name is the word in the recipe."""
