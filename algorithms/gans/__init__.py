"""Generative adversarial networks and their losses."""
