"""Many series on one regular grid: frequency, gaps, seasons, splits and windows."""
