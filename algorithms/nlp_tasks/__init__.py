"""Classic tasks of natural language processing, solved by small transparent methods."""
