"""Simple methods that tag tokens and steps."""
