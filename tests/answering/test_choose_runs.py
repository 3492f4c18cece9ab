"""A run must be about the numbers of the question."""

import pytest

from algorithms.registry import load
from answering.choose_runs import plan_runs, runnable
from answering.inputs import read_inputs
from answering.link import AlgorithmLinker
from core.types import Hit

URN = "If a bag holds 5 red and 7 blue balls and I draw 3 without replacement, how likely is exactly 2 red?"


@pytest.mark.parametrize(
    ("question", "id", "expected"),
    [
        (URN, "birthday-problem", False),
        (URN, "bernoulli-and-binomial-distributions", False),
        ("softmax of [2, 1, 0.1], five digits after the point, please", "softmax", True),
        (
            "How likely are exactly 9 successes in 11 trials with p = 0.72?",
            "bernoulli-and-binomial-distributions",
            True,
        ),
    ],
)
def test_most_values_or_a_vector_must_be_taken(question: str, id: str, expected: bool) -> None:
    read = read_inputs(question, load(id))
    assert read is not None
    assert runnable(read, load(id)) is expected


def test_a_question_that_no_algorithm_fits_runs_none_on_its_numbers() -> None:
    entries = {"birthday-problem": load("birthday-problem")}
    planned = plan_runs(URN, "compute", AlgorithmLinker(entries), entries, ())
    assert all(plan.inputs is None for plan in planned)


def article(id: str, rank: int) -> Hit:
    return Hit(
        rank=rank,
        chunk_id=id,
        document_id=id,
        source=f"handbook/algorithms/x/{id}",
        title=id,
        heading_path=(),
        page=None,
        start=0,
        end=1,
        text="x",
        score=1.0,
        stages={},
    )


def planned(question: str, *ids: str) -> list[tuple[str, bool]]:
    hits = [article(id, rank) for rank, id in enumerate(ids, start=1)]
    entries = {id: load(id) for id in ids}
    plans = plan_runs(question, "compute", AlgorithmLinker(entries), entries, hits)
    return [(plan.entry.id, plan.inputs is not None) for plan in plans]


FAR = ["recall", "precision", "birthday-problem", "quantile-regression", "hit-rate-at-k", "logit-function", "p-value"]


def test_a_far_article_that_takes_every_value_is_run() -> None:
    question = "Each of 20 letters is spam with probability 0.1. What is the chance that at least 2 are?"
    assert planned(question, *FAR, "bernoulli-and-binomial-distributions") == [
        ("bernoulli-and-binomial-distributions", True)
    ]


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("Compute the dot product of [1, 2, 3] and [4, 5, 6].", ("max-product-of-three", "find-duplicates")),
        ("What is the checksum of the block 3, 7, 4?", ("run-length-encoding", "int4-quantization")),
        ("How much is 15% of 240?", (*FAR, "bernoulli-and-binomial-distributions")),
    ],
)
def test_a_poor_fit_is_not_run_on_the_users_values(question: str, ids: tuple[str, ...]) -> None:
    assert not any(own for _, own in planned(question, *ids))


def test_a_named_algorithm_that_takes_every_value_is_run_without_any_article() -> None:
    entries = {"softmax": load("softmax"), "sparsemax": load("sparsemax")}
    plans = plan_runs("What is the softmax of [2, 1, 0.1]?", "compute", AlgorithmLinker(entries), entries, ())
    assert [(plan.entry.id, plan.inputs is not None) for plan in plans] == [("softmax", True)]
