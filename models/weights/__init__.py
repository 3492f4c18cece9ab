"""Trained weights that ship: small changes to the packaged backbone, one folder each, never a copy of the backbone."""
