"""Attention mechanisms: how one position reads from others, what it costs and how it is made cheaper."""
