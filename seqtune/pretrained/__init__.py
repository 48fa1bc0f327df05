"""A small recurrence that has seen many synthetic series, and forecasts others without training."""
