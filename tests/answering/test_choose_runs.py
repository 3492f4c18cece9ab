"""A run must be about the numbers of the question."""

import pytest

from algorithms.registry import load
from answering.choose_runs import plan_runs, runnable
from answering.inputs import read_inputs
from answering.link import AlgorithmLinker

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
