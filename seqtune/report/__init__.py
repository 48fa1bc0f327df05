"""What is shown to people: values that rich can draw; nothing here prints."""
