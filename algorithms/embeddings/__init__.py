"""Embeddings: vectors of tokens, words, sentences and documents, and how to compare them."""
