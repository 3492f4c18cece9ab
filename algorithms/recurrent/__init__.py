"""Recurrent networks and their relatives: cells, training through time, memories and state spaces."""
