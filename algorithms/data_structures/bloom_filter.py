r"""A Bloom filter is a bit array with k hash functions that answers "maybe in the set" or "certainly not in the set".

$$\text{FPR} \approx \big(1 - e^{-kn/m}\big)^k, \qquad k^* = \frac{m}{n}\ln 2, \qquad
\frac{m}{n} = 1.44 \log_2 \frac{1}{\varepsilon}$$

**Intuition.** Adding a key sets its $k$ bits; a query asks whether all $k$ are set. Other keys may have set them (false
positive), but the bits of a member are never cleared, so there are no false negatives.

**When to use it.** In front of something slow: a disk lookup, a remote cache, the test of whether a URL was crawled.

**Cost.** $k$ hashes and bit accesses for insert and query; about 9.6 bits a key for one percent false positives.

**Pitfalls.** The trade-off is memory against false positives, not latency against them. Elements cannot be removed, since
bits are shared. The rate climbs as more keys arrive than planned. Two independent hashes are enough: $h_1 + i h_2$ gives
the rest. For a fixed set an xor filter is smaller: at a rate of 1/256 a Bloom filter needs about 11.54 bits a key and an
8-bit xor filter 9.84; the reverse is sometimes claimed.

**References.** Bloom, *Space/Time Trade-offs in Hash Coding with Allowable Errors* (1970). Kirsch and Mitzenmacher, *Less
Hashing, Same Performance* (2006).
"""

from __future__ import annotations

import hashlib
import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm


def two_hashes(key: str, seed: int) -> tuple[int, int]:
    """Two independent 64-bit hashes of a key, the second one odd."""
    digest = hashlib.blake2b(key.encode(), digest_size=16, salt=seed.to_bytes(16, "little")).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little") | 1


class BloomFilter:
    """Bits of a Bloom filter.

    Examples
    --------
    >>> bloom = BloomFilter(bits=64, hashes=3)
    >>> bloom.add("apple")
    >>> "apple" in bloom
    True
    """

    def __init__(self, bits: int, hashes: int, seed: int = 0) -> None:
        self.array: NDArray[np.bool_] = np.zeros(bits, dtype=bool)  # (m,)
        self.hashes, self.seed = hashes, seed

    def positions(self, key: str) -> list[int]:
        """The k positions of a key."""
        first, second = two_hashes(key, self.seed)
        return [(first + i * second) % len(self.array) for i in range(self.hashes)]

    def add(self, key: str) -> None:
        """Set the bits of a key."""
        self.array[self.positions(key)] = True

    def __contains__(self, key: str) -> bool:
        return bool(self.array[self.positions(key)].all())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Predicted false-positive rate by number of hashes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    k = np.arange(1, 17)
    axes.plot(k, (1 - np.exp(-k * inputs["n"] / inputs["bits"])) ** k, "o-")
    axes.plot(inputs["hashes"], output["measured_fpr"], "rx", label="measured")
    axes.set(xlabel="hash functions k", ylabel="false-positive rate", yscale="log", title="Bloom filter")
    axes.legend()
    return figure


@algorithm(
    id="bloom-filter",
    name="Bloom filter",
    aliases=("approximate membership", "false positive rate of a Bloom filter", "membership filter", "bits per key"),
    example={"n": 1000, "bits": 10_000, "hashes": 7, "target_fpr": 0.01},
    figure=draw,
)
def bloom_filter(
    n: Annotated[int, Field(ge=1, le=10_000)] = 1_000,
    bits: Annotated[int, Field(ge=8, le=200_000)] = 10_000,
    hashes: Annotated[int, Field(ge=1, le=32)] = 7,
    target_fpr: Annotated[float, Field(gt=0, lt=1)] = 0.01,
    seed: Seed = 0,
) -> Output:
    """Fill a filter with `n` keys and probe it with 5,000 absent ones.

    Parameters
    ----------
    n : int
        Number of keys.
    bits : int
        Size m of the array.
    hashes : int
        Hash functions k.
    target_fpr : float
        False-positive rate ε to size a filter for.
    seed : int
        Seed of the hash functions.

    Returns
    -------
    dict
        ``predicted_fpr`` and ``measured_fpr``; ``false_negatives`` (always 0); ``optimal_hashes`` for m and n;
        ``bits_per_key``; ``bits_per_key_for_target`` with optimal k and the filter size ``bits_for_target``;
        ``share_of_bits_set``.

    Examples
    --------
    >>> r = bloom_filter(n=1000, bits=10000, hashes=7)
    >>> round(r["predicted_fpr"], 4), r["false_negatives"]
    (0.0082, 0)
    """
    bloom = BloomFilter(bits, hashes, seed)
    for i in range(n):
        bloom.add(f"member {i}")
    hits = sum(f"stranger {i}" in bloom for i in range(5_000))
    per_key = math.log2(1 / target_fpr) / math.log(2)
    return {
        "predicted_fpr": (1 - math.exp(-hashes * n / bits)) ** hashes,
        "measured_fpr": hits / 5_000,
        "false_negatives": sum(f"member {i}" not in bloom for i in range(n)),
        "optimal_hashes": bits / n * math.log(2),
        "bits_per_key": bits / n,
        "bits_per_key_for_target": per_key,
        "bits_for_target": math.ceil(per_key * n),
        "share_of_bits_set": bloom.array.mean(),
    }
