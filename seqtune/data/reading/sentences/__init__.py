"""Files of sentences: read with a row for each token, and written back as they were."""
