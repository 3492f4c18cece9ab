"""Transfer learning and parameter-efficient fine-tuning."""
