"""Support vector machines and kernels."""
