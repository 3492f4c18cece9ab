"""Encoders, rerankers, language models and the recipes that train them."""
