"""What draws in a terminal: tables, charts, and how figures are worded."""
