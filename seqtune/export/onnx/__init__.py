"""Networks as ONNX: a program of JAX is read operation by operation and written as a graph."""
