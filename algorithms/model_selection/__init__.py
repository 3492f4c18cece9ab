"""Model selection: splitting data, diagnosing fits and searching hyperparameters."""
