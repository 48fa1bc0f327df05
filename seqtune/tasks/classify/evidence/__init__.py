"""What a page shows of a classifier: each block a file, all of them functions of arrays."""
