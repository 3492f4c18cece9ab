"""Models with hidden variables: mixtures, EM and topic models."""
