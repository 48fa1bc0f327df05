"""What draws on a page: HTML and SVG from the values of figures, without network and scripts."""
