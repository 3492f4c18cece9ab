"""Settings shared by all tests: reproducible Hypothesis profiles, no model hub."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # two test processes share the cores; tiny tensors lose by threads
settings.register_profile(
    "vouch", deadline=None, max_examples=30, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("vouch")
