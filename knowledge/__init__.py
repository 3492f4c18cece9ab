"""The handbook: articles on machine learning that a fresh clone can answer from."""
