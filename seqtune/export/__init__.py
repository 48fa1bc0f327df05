"""What leaves a run: files that predict without Keras, and what stands beside them."""
