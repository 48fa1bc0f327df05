"""What has changed in data since a run was fitted, as far as chance does not explain it."""
