"""Convolution and vision."""
