"""Settings shared by all tests: reproducible Hypothesis profiles, no model hub."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ["HF_HUB_OFFLINE"] = "1"
settings.register_profile(
    "vouch", deadline=None, max_examples=30, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("vouch")
