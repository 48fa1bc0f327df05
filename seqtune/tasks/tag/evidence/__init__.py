"""What a page shows of a tagger: each block a file, all of them functions of arrays."""
