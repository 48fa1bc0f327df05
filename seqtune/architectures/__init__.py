"""How cells are arranged into a network: one architecture per file, by the forms of `_forms`."""
