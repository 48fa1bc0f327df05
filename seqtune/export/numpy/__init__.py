"""Networks as plain Python: an ONNX graph is read node by node and written as lines of NumPy."""
