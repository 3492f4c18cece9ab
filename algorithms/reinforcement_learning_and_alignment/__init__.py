"""Reinforcement learning and alignment of language models with preferences."""
