"""Short coding questions with their traps."""
