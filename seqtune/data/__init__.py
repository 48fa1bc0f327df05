"""From a file to arrays: reading, profiling, regular panels, splits, windows, scales."""
