from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.f1_score import f1_score
from algorithms.registry import load
from core.errors import InputError

COUNTS = st.integers(0, 500)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40), st.floats(0.1, 5))
def test_equals_sklearn(pairs: list[tuple[bool, bool]], beta: float) -> None:
    y, p = [int(a) for a, _ in pairs], [int(b) for _, b in pairs]
    output = f1_score(0, 0, 0, beta=beta, y_true=y, y_pred=p)
    assert output["f1"] == pytest.approx(metrics.f1_score(y, p, zero_division=0))
    assert output["f_beta"] == pytest.approx(metrics.fbeta_score(y, p, beta=beta, zero_division=0))


@given(COUNTS, COUNTS, COUNTS)
def test_equals_the_formula_in_counts(tp: int, fp: int, fn: int) -> None:
    expected = 2 * tp / (2 * tp + fp + fn) if tp else 0.0
    assert f1_score(tp, fp, fn)["f1"] == pytest.approx(expected)


def test_goldens() -> None:
    assert f1_score(tp=40, fp=10, fn=20)["f1"] == pytest.approx(0.7273, abs=5e-5)  # 80 / 110
    assert f1_score(1, 1, 1, precision=0.5, recall=1.0)["f1"] == pytest.approx(2 / 3)
    # beta 2: 5 * .8 * (2/3) / (4 * .8 + 2/3) = 2.66667 / 3.86667
    assert f1_score(40, 10, 20, beta=2)["f_beta"] == pytest.approx(0.689655, abs=1e-6)


@pytest.mark.parametrize("bad", [{"beta": 0}, {"precision": 0.5}, {"precision": 2, "recall": 1}, {"tp": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("f1-score").run(bad)
