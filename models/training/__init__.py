"""Training recipes for the weights that ship, and for a user's own: late interaction, cross-encoder, adaptation."""
