"""A network from another program becomes a run: read from ONNX or safetensors, refused where it is no MLP."""
