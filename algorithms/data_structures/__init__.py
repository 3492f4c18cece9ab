"""Index and membership data structures."""
