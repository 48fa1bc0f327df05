"""What leaves a run: networks and all that predicts with them, in files of other forms."""
