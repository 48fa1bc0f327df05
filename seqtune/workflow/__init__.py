"""What a command does from end to end: fit, search, resume, plan, inspect."""
