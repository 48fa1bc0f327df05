"""What a report shows, as values: blocks of text, charts and tables, whoever draws them."""
