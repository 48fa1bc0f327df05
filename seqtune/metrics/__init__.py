"""What models are measured by; a file per task, each metric with formula, unit and source."""
