"""The simple answers that every network must beat; one folder per task, one method per file."""
