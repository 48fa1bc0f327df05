"""Classification of texts and of series."""
