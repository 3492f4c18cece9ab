"""Data engineering: encodings, layouts and file sizes."""
