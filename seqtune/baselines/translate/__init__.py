"""Simple methods that answer a source with a text."""
