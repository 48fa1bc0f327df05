"""Text from text, from features, or from a series: an encoder reads, a decoder writes."""
