"""The read path: candidates, neighbours, late interaction, cross-encoder, fusion, hits."""
