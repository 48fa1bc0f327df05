"""What draws with matplotlib: the same figures as on a page, for notebooks and papers."""
