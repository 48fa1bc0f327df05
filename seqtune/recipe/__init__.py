"""Recipes: text that says what is searched, checked against a schema before anything runs."""
