"""The write path: sources to documents, documents to chunks, chunks to stores."""
