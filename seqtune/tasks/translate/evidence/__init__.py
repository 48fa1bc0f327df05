"""What a page shows of a translator: each block a file, all of them functions of texts."""
