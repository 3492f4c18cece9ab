"""Ensembles: averaging, voting, bagging, boosting, stacking and selection of models."""
