"""What a page shows of anomalies: each block a file, all of them functions of arrays."""
