"""Autoencoders and their variational form."""
