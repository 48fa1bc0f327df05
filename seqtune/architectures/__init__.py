"""How cells are arranged into a network; one arrangement per file."""
