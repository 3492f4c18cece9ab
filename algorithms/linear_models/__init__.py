"""Linear models and the checks of their assumptions."""
