"""Synthetic series, and a network that learns from nothing else to forecast series it never saw."""
