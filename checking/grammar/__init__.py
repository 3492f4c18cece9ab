"""The claim grammar: tokens, expressions, relations and their evaluation, on prose and on LaTeX."""
