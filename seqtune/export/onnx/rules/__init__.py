"""How each operation of JAX is written as ONNX, in families."""
