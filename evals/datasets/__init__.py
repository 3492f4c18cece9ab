"""Readers of test collections and question sets."""
