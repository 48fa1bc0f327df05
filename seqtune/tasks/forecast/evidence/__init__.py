"""What a page shows of forecasts: each block a file, all of them functions of arrays."""
