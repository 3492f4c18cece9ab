from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from algorithms.registry import load
from algorithms.uncertainty.expected_calibration_error import expected_calibration_error
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(0, 999).map(lambda k: (k + 0.5) / 1000), st.booleans()), min_size=1, max_size=40)


@given(PAIRS, st.integers(1, 12))
def test_equals_the_slow_loop(pairs: list[tuple[float, bool]], bins: int) -> None:
    total = 0.0
    for b in range(bins):
        inside = [(p, y) for p, y in pairs if b / bins < p <= (b + 1) / bins]
        if inside:
            total += abs(sum(y for _, y in inside) - sum(p for p, _ in inside)) / len(pairs)
    r = expected_calibration_error([p for p, _ in pairs], [y for _, y in pairs], bins)
    assert r["ece"] == pytest.approx(total, abs=1e-12)  # no confidence lies on a border of up to 12 bins
    assert abs(r["overconfidence"]) - 1e-12 <= r["ece"] <= r["maximum_calibration_error"] + 1e-12


@given(PAIRS)
def test_brier_equals_sklearn_and_equal_counts_are_equal(pairs: list[tuple[float, bool]]) -> None:
    p, y = [a for a, _ in pairs], [b for _, b in pairs]
    r = expected_calibration_error(p, y, 4, "equal count")
    assert r["brier"] == pytest.approx(brier_score_loss(y, p, pos_label=True))
    assert (sum(r["bin_count"]) == len(p) and max(r["bin_count"]) - min(r["bin_count"]) <= 1) or len(p) < 4


def test_golden() -> None:
    # bin 0.9: accuracy 0.5, gap 0.4; bin 0.6: accuracy 0.5, gap 0.1; both hold half of the answers
    r = expected_calibration_error([0.9, 0.9, 0.6, 0.6], [True, False, True, False])
    assert r["ece"] == pytest.approx(0.25) and r["maximum_calibration_error"] == pytest.approx(0.4)
    assert r["brier"] == pytest.approx((0.01 + 0.81 + 0.16 + 0.36) / 4)


def test_calibrated_is_zero_and_confident_wrong_answers_raise_the_gap() -> None:
    calm = expected_calibration_error([0.75] * 4, [True, True, True, False])
    assert calm["ece"] == pytest.approx(0, abs=1e-12)
    bold = expected_calibration_error([0.95] * 4, [True, False, False, False])
    assert bold["ece"] == pytest.approx(0.7) and bold["overconfidence"] == pytest.approx(0.7)


@pytest.mark.parametrize("bad", [{"correct": [True]}, {"confidences": [1.2]}, {"bins": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("expected-calibration-error").run(bad)
