"""Executable reference implementations, one module an algorithm: ``algorithms/<family>/<id>.py``."""
