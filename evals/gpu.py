"""Self-check of an accelerator: does it rank as the processor does, and what share of its peak does it reach?

The same code runs on a processor with small inputs, where peaks are measured rather than looked up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.protocols import Encoder, LanguageModel, Prompt
from evals.run_file import Run

PARAMETERS_PER_LAYER = 12
"""A transformer layer has about 12 d² weights (Kaplan et al., arXiv:2001.08361)."""
TOP = 10


@dataclass(frozen=True)
class Measured:
    """One figure.

    Attributes
    ----------
    value : float
        In `unit`.
    share : float or None
        Of the measured peak of the device; None where there is none to compare with.
    """

    name: str
    value: float
    unit: str
    share: float | None = None


@dataclass(frozen=True)
class SelfCheck:
    """What was found on one device.

    Attributes
    ----------
    parity : dict
        How the device's ranks agree with the processor's.
    passed : bool
        Whether they agree well enough.
    """

    device: str
    name: str
    parity: dict[str, float]
    measured: tuple[Measured, ...]
    passed: bool

    def as_json(self) -> dict[str, Any]:
        """For the command line."""
        return asdict(self)


LEAST_OVERLAP = 0.9
LEAST_COSINE = 0.99
"""bf16 keeps cosines of the same text above .999; far below that something else is wrong."""


def parity(reference: Encoder, device: Encoder, texts: Sequence[str], queries: Sequence[str]) -> dict[str, float]:
    """Agreement of two encoders of the same weights on the same texts.

    Returns
    -------
    dict
        ``least_cosine`` of sentence vectors, ``top_overlap`` of the first ten by sentence vectors and
        ``maxsim_overlap`` by MaxSim, means over the queries.
    """
    ours, theirs = reference.encode_documents(texts), device.encode_documents(texts)
    a = np.stack([e.sentence for e in ours])  # (n, d)
    b = np.stack([e.sentence for e in theirs])  # (n, d)
    dense, late = [], []
    for query in queries:
        q, r = reference.encode_query(query), device.encode_query(query)
        dense.append(overlap(a @ q.sentence, b @ r.sentence))
        if reference.token_dimension:
            late.append(
                overlap(
                    np.array([maxsim(q.tokens, e.tokens) for e in ours]),
                    np.array([maxsim(r.tokens, e.tokens) for e in theirs]),
                )
            )
    found = {"least_cosine": float((a * b).sum(axis=1).min()), "top_overlap": float(np.mean(dense))}
    return found | ({"maxsim_overlap": float(np.mean(late))} if late else {})


def maxsim(query: np.ndarray[Any, Any], document: np.ndarray[Any, Any]) -> float:
    """Sum over query tokens (q, m) of the best similarity among document tokens (t, m)."""
    return float((query @ document.T).max(axis=1).sum())


def overlap(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any], k: int = TOP) -> float:
    """Shared share of the best `k` of two score lists; what ties with the last place counts as shared.

    Examples
    --------
    >>> overlap(np.array([3.0, 2.0, 1.0]), np.array([3.0, 1.0, 2.0]), k=1)
    1.0
    """
    k = min(k, len(a))
    first = set(np.argsort(-a, kind="stable")[:k].tolist())
    cut = np.sort(b)[::-1][k - 1]
    return len(first & set(np.flatnonzero(b >= cut).tolist())) / k


def run_overlap(reference: Run, device: Run, k: int = TOP) -> float:
    """Mean shared share of the best `k` documents of two runs of the same queries; what ties with the last counts as shared.

    Examples
    --------
    >>> run_overlap({"q": {"a": 2.0, "b": 1.0}}, {"q": {"a": 2.0, "c": 1.0}}, k=2)
    0.5
    """
    shares = []
    for query, scores in reference.items():
        documents = sorted(set(scores) | set(device[query]))
        a, b = (np.array([run.get(document, -np.inf) for document in documents]) for run in (scores, device[query]))
        if len(scores):
            shares.append(overlap(a, b, min(k, len(scores))))
    return float(np.mean(shares)) if shares else 1.0


def peak_flops(device: str, dtype: str, size: int) -> float:
    """Measured floating-point operations a second of a square matrix product."""
    import torch

    a = torch.randn(size, size, device=device, dtype=getattr(torch, dtype))
    seconds = best_seconds(lambda: a @ a, device)
    return 2 * size**3 / seconds


def peak_bandwidth(device: str, megabytes: int) -> float:
    """Measured bytes a second of reading one array and writing it to another."""
    import torch

    a = torch.zeros(megabytes * 2**18, device=device)  # float32
    b = torch.empty_like(a)
    seconds = best_seconds(lambda: b.copy_(a), device)
    return 2 * a.numel() * 4 / seconds


def best_seconds(call: Callable[[], object], device: str, rounds: int = 5) -> float:
    """Shortest of some timings, the device waited for each time."""
    import torch

    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - started)
    return best


def measure_encode(encoder: Encoder, texts: Sequence[str], peak: float, hidden: int, layers: int) -> list[Measured]:
    """Tokens a second of encoding and the share of the peak that the layers' matrix products take."""
    tokens = sum(encoder.count_tokens(texts))
    encoder.encode_documents(texts[:8])
    started = time.perf_counter()
    encoder.encode_documents(texts)
    rate = tokens / (time.perf_counter() - started)
    operations = 2 * PARAMETERS_PER_LAYER * hidden**2 * layers  # a token: one multiply and one add a weight
    return [Measured("encode", rate, "tokens/s", rate * operations / peak)]


def measure_exact_search(
    device: str, dtype: str, rows: int, dimension: int, queries: int, bandwidth: float
) -> list[Measured]:
    """Queries a second of exact inner-product search, batched and one by one; one by one reads the whole matrix each time."""
    import torch

    kind = getattr(torch, dtype)
    matrix = torch.nn.functional.normalize(torch.randn(rows, dimension, device=device), dim=1).to(kind)
    batch = matrix[:queries]
    together = best_seconds(lambda: torch.topk(batch @ matrix.T, TOP), device)
    alone = best_seconds(lambda: torch.topk(batch[:1] @ matrix.T, TOP), device)
    read = rows * dimension * matrix.element_size()
    return [
        Measured("exact search, batched", queries / together, "queries/s"),
        Measured("exact search, one by one", 1 / alone, "queries/s", read / alone / bandwidth),
    ]


def measure_maxsim(
    device: str, dtype: str, documents: int, tokens: int, dimension: int, bandwidth: float
) -> list[Measured]:
    """Queries a second of MaxSim over candidates of equal length; every token vector is read once a query."""
    import torch

    kind = getattr(torch, dtype)
    store = torch.nn.functional.normalize(torch.randn(documents * tokens, dimension, device=device), dim=1).to(kind)
    query = store[:32]  # (q, m)

    def score() -> torch.Tensor:
        similarities = (store @ query.T).view(documents, tokens, -1)  # (n, t, q)
        return similarities.amax(dim=1).sum(dim=1).topk(min(TOP, documents)).indices  # (k,)

    seconds = best_seconds(score, device)
    read = store.numel() * store.element_size()
    return [Measured(f"MaxSim over {documents} documents", 1 / seconds, "queries/s", read / seconds / bandwidth)]


def measure_language_model(model: LanguageModel | None, max_tokens: int = 48) -> list[Measured]:
    """Pieces a second that a language model streams, the time to the first left out; nothing where there is none."""
    if model is None:
        return []
    prompt = Prompt("You are brief.", "Say what a vector is, in three sentences.")
    first, last, pieces = 0.0, 0.0, 0
    started = time.perf_counter()
    for _ in model.stream(prompt, max_tokens=max_tokens, temperature=0.0):
        last = time.perf_counter()
        first = first or last
        pieces += 1
    found = [Measured("language model, first piece", (first - started) * 1000 if pieces else float("nan"), "ms")]
    if pieces > 1 and last > first:
        found.append(Measured("language model", (pieces - 1) / (last - first), "pieces/s"))
    return [item for item in found if np.isfinite(item.value)]


def self_check(
    reference: Encoder,
    encoder: Encoder,
    device: str,
    texts: Sequence[str],
    queries: Sequence[str],
    *,
    language_model: LanguageModel | None = None,
    hidden: int = 384,
    layers: int = 6,
) -> SelfCheck:
    """All checks on one device; sizes suit it.

    Parameters
    ----------
    reference : Encoder
        On the processor in fp32.
    encoder : Encoder
        On the device.
    device : str
        ``cuda`` or ``cpu``.
    """
    import torch

    large = device.startswith("cuda")
    dtype = "bfloat16" if large else "float32"
    peak = peak_flops(device, dtype, 8192 if large else 512)
    bandwidth = peak_bandwidth(device, 2048 if large else 64)
    agreement = parity(reference, encoder, texts, queries)
    dimension = encoder.token_dimension or encoder.dimension
    measured = [
        Measured("peak of a matrix product", peak / 1e12, "TFLOP/s"),
        Measured("peak of a copy", bandwidth / 1e9, "GB/s"),
        *measure_encode(encoder, list(texts) * (20 if large else 1), peak, hidden, layers),
        *measure_exact_search(
            device, dtype, 1_000_000 if large else 20_000, encoder.dimension, 1024 if large else 32, bandwidth
        ),
        *measure_maxsim(device, dtype, 20_000 if large else 300, 128, dimension, bandwidth),
        *measure_language_model(language_model),
    ]
    passed = agreement["least_cosine"] >= LEAST_COSINE and all(
        value >= LEAST_OVERLAP for name, value in agreement.items() if name.endswith("overlap")
    )
    name = torch.cuda.get_device_name(0) if large else "processor"
    return SelfCheck(device, name, agreement, tuple(measured), passed)
