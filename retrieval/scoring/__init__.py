"""Pure scoring kernels: arrays in, arrays out."""
