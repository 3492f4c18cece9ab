"""Active learning and cheap labels: querying, streaming, weak and implicit supervision."""
