"""From what a user has (files, folders, tables in memory) to columns of known type."""
