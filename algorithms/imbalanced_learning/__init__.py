"""Learning from imbalanced classes: resampling, weighting and balanced ensembles."""
