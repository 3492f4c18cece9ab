"""Hidden Markov models and their discriminative counterpart: inference, decoding and training."""
