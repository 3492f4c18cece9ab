from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.matthews_correlation_coefficient import matthews_correlation_coefficient as mcc
from algorithms.registry import load
from core.errors import InputError

COUNTS = st.integers(0, 1000)


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40).filter(lambda p: len({*sum(p, ())}) == 2)
)
def test_equals_sklearn(pairs: list[tuple[bool, bool]]) -> None:
    y, p = [int(a) for a, _ in pairs], [int(b) for _, b in pairs]
    with np.errstate(all="ignore"):
        expected = metrics.matthews_corrcoef(y, p)
    assert mcc(0, 0, 0, 0, y_true=y, y_pred=p)["mcc"] == pytest.approx(expected)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_symmetries(tp: int, fp: int, fn: int, tn: int) -> None:
    value = mcc(tp, fp, fn, tn)["mcc"]
    assert -1 <= value <= 1
    assert mcc(tn, fn, fp, tp)["mcc"] == pytest.approx(value)  # classes swapped
    assert mcc(fn, tn, tp, fp)["mcc"] == pytest.approx(-value)  # predictions inverted


def test_goldens() -> None:
    # (40*30 - 10*20) / sqrt(50*60*40*50) = 1000 / 2449.49
    assert mcc(40, 10, 20, 30)["mcc"] == pytest.approx(0.4082, abs=5e-5)
    assert mcc(5, 0, 0, 5)["mcc"] == 1
    assert mcc(0, 5, 5, 0)["mcc"] == -1
    assert mcc(0, 0, 10, 990) == {"mcc": 0.0, "defined": False}


def test_huge_counts_stay_exact() -> None:
    assert mcc(4 * 10**11, 10**11, 2 * 10**11, 3 * 10**11)["mcc"] == pytest.approx(0.40824829)


@pytest.mark.parametrize("bad", [{"tp": -1}, {"y_true": [1, 0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("matthews-correlation-coefficient").run(bad)
