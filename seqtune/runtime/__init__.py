"""What the machine does with a network: compiled programs, and where they are kept."""
