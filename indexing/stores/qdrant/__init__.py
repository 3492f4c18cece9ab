"""A collection in Qdrant: the same generations and answers as the embedded store, on as many machines as it takes."""
