"""Figures that are text as HTML, a file for each kind."""
