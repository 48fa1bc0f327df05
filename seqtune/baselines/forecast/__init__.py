"""Simple forecasts, one method per file."""
