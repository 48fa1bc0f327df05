"""Anomalies: learn what is normal, and mark what is not, as events."""
