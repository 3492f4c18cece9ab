"""Group fairness and explanations of predictions."""
