"""Translation: a text from a text, from features, or from a series."""
