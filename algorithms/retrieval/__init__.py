"""Retrieval and recommendation: indexes, encoders, rerankers, chunking and latent factors."""
