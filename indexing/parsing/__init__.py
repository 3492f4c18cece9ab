"""Turning bytes into canonical text with exact sections and pages; `indexing.parsing.base.parse` is the entrance."""
