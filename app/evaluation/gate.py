"""Hold evaluations against another one and against committed values: the gate of a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InputError
from evals.compare import Verdict, compare, compare_report
from evals.datasets.open_collection import open_collection
from evals.datasets.trec import read_trec_qrels
from evals.expected_values import checked, read_expected
from evals.report import write_report
from evals.scored_files import read_results, read_scored


@dataclass(frozen=True)
class Gate:
    """What was found.

    Attributes
    ----------
    verdict : Verdict or None
        None where only committed values were looked at.
    measured : int
        Committed values that were looked at.
    deviations : tuple of str
        What differs from them by more than its tolerance, in words.
    """

    verdict: Verdict | None
    measured: int
    deviations: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether a pipeline should stop."""
        return bool(self.deviations or (self.verdict is not None and self.verdict.regressions))

    def as_json(self) -> dict[str, Any]:
        """For the command line."""
        found = self.verdict.as_json() if self.verdict is not None else {"comparisons": {}, "regressions": []}
        return {**found, "expected_measured": self.measured, "deviations": list(self.deviations)}

    def lines(self) -> list[str]:
        """For people."""
        found = []
        for (name, measure), c in self.verdict.comparisons.items() if self.verdict is not None else ():
            mark = "WORSE" if self.verdict is not None and (name, measure) in self.verdict.regressions else ""
            found.append(
                f"{name} {measure}: {c.a:.4f} -> {c.b:.4f}  {c.difference:+.4f} [{c.low:+.4f}, {c.high:+.4f}]  "
                f"p {c.p:.4f}  Holm {c.p_holm:.4f}  d {c.effect:+.2f}  detectable {c.detectable:.4f}  {mark}".rstrip()
            )
        if self.measured:
            found.append(f"{self.measured} expected values measured, {len(self.deviations)} deviate")
        return [*found, *(f"DEVIATES {text}" for text in self.deviations)]


def compare_files(
    files: Sequence[Path],
    *,
    dataset: Path | None = None,
    qrels: Path | None = None,
    split: str | None = None,
    measures: Sequence[str],
    tolerance: float = 0.0,
    expected: Path | None = None,
    out: Path | None = None,
) -> Gate:
    """Compare what is named with the first, and with committed values where those are named.

    Raises
    ------
    InputError
        If there is one file and nothing to hold it against, or files do not fit together.
    NotFound
        If a file is missing.
    """
    if len(files) < 2 and expected is None:
        raise InputError("one evaluation and nothing to hold it against", fix="name another one, or --expected")
    measured, problems = 0, []
    for file in files if expected is not None else ():
        assert expected is not None
        count, found = checked(read_results(file), read_expected(expected))
        measured += count
        problems += [f"{file}: {text}" for text in found]
    if len(files) < 2:
        return Gate(None, measured, tuple(problems))
    judgements = read_trec_qrels(qrels) if qrels else None
    if dataset is not None:
        collection = open_collection(dataset)
        judgements = collection.qrels(collection.split(split))
    scored = [read_scored(file, judgements, measures) for file in files]
    verdict = compare(scored, tolerance=tolerance)
    if out is not None:
        write_report(out, compare_report(scored, verdict))
    return Gate(verdict, measured, tuple(problems))
