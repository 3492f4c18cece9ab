"""What a detector hands in: a finding without its source, and the run that would prove it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.types import Document, Execution, Finding, FindingKind, Reference, Related, Verdict

Prove = Callable[[str, Mapping[str, Any] | None], Execution | None]
"""Runs an algorithm of the library on inputs (None: its example); None where it fails."""


@dataclass(frozen=True)
class Run:
    """A run that would show what is right.

    Attributes
    ----------
    algorithm : str
        Id in the registry.
    inputs : mapping or None
        None for the example.
    output : tuple of str
        Path in the output to the value that must equal the recomputed one; empty where nothing is compared.
    """

    algorithm: str
    inputs: Mapping[str, Any] | None
    output: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A finding at characters ``[start, end)`` of a document; the fields are those of `core.types.Finding`."""

    start: int
    end: int
    claim: str
    kind: FindingKind
    verdict: Verdict
    correct: str
    value: Any = None
    confidence: float = 0.9
    severity: int = 1
    proof: Run | Reference | None = None
    related: tuple[Related, ...] = ()


def finish(draft: Draft, document: Document, prove: Prove | None) -> Finding | None:
    """The finding of a draft; None where the library's own run does not agree with what was recomputed here.

    Parameters
    ----------
    draft : Draft
        Of a detector.
    document : Document
        Where it stands.
    prove : callable or None
        Runs algorithms; without it findings carry no execution.
    """
    proof: Execution | Reference | None = None
    if isinstance(draft.proof, Reference):
        proof = draft.proof
    elif draft.proof is not None and prove is not None:
        proof = prove(draft.proof.algorithm, draft.proof.inputs)
        if proof is not None and draft.proof.output and not _agrees(proof, draft.proof.output, draft.value):
            return None  # two independent computations differ: one of them misread the claim
    return Finding(
        source=document.source,
        start=draft.start,
        end=draft.end,
        quote=document.text[draft.start : draft.end],
        claim=draft.claim,
        kind=draft.kind,
        verdict=draft.verdict,
        correct=draft.correct,
        value=draft.value,
        confidence=draft.confidence,
        severity=draft.severity,
        proof=proof,
        related=draft.related,
    )


def _agrees(execution: Execution, path: tuple[str, ...], value: Any) -> bool:
    found: Any = execution.output
    for name in path:
        if not isinstance(found, dict) or name not in found:
            return False
        found = found[name]
    return close(found, value)


def close(a: Any, b: Any) -> bool:
    """Whether two JSON values are equal up to rounding of floats.

    Examples
    --------
    >>> close([1.0, 2], [1.0 + 1e-12, 2]), close(1.0, 1.1)
    (True, False)
    """
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))
    return bool(a == b)
