"""Charts as SVG, a file for each kind of figure."""
