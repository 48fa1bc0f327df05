"""Forecasting: the next steps of one or many series, with quantiles."""
