"""Quantization, pruning, distillation and the memory of models."""
