"""Distributed systems: placement of keys, logs and load balancing, simulated."""
