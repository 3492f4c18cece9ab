"""Cleaning, scaling, encoding and augmenting data before learning."""
