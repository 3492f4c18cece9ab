"""Graph neural networks: layers that pass messages between neighbours."""
