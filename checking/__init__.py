"""What a document claims against what is right."""
