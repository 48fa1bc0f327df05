"""The run folder and what can be done with it."""
