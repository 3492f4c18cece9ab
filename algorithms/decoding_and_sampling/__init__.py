"""Decoding and sampling: how a text is drawn from the probabilities of a language model."""
