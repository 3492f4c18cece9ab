"""The write path: bytes to documents to chunks to vectors to a durable store."""
