"""Feature selection: filters, wrappers, importances and constructed features."""
