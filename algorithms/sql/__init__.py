"""SQL: what queries mean, and how to write them safely and fast."""
