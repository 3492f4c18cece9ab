"""REST under ``/v1``."""
