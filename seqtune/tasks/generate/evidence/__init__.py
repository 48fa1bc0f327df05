"""What a page shows of a language model: each block a file."""
