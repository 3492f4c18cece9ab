"""The vocabulary of Vouch: types, spans, errors, settings and protocols. Imports nothing of ours."""
