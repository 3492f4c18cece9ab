"""Neural network basics: layers, gradients and initialization."""
