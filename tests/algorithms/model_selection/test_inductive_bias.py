from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from algorithms.model_selection.inductive_bias import inductive_bias, line_at
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_counts_boolean_functions_by_listing_them(n: int) -> None:
    tables = set(product([0, 1], repeat=len(list(product([0, 1], repeat=n)))))
    output = inductive_bias(n, repeats=1)
    assert output["functions"] == len(tables)
    assert output["log2_functions"] == 2**n


def test_large_counts_are_exact_digits() -> None:
    assert inductive_bias(6, repeats=1)["functions"] == "18446744073709551616"


def test_bound_for_three_inputs() -> None:
    # (ln 256 + ln 20) / 0.1 = (5.545 + 2.996) / 0.1 = 85.4
    assert inductive_bias(3, repeats=1)["examples_needed"] == 86


def test_the_right_bias_needs_fewer_examples_and_a_wrong_one_never_fits() -> None:
    right, wrong = inductive_bias(target="linear"), inductive_bias(target="sine", n=200)
    assert right["mse_linear"] < 0.1 * min(right["mse_nearest"], right["mse_tree"])
    assert wrong["mse_linear"] > 3 * wrong["mse_nearest"]
    assert wrong["mse_linear_large"] > 0.2  # more data do not help


@given(st.integers(0, 1000))
def test_line_equals_sklearn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y, Q = rng.standard_normal((9, 2)), rng.standard_normal(9), rng.standard_normal((4, 2))
    np.testing.assert_allclose(line_at(X, y, Q), LinearRegression().fit(X, y).predict(Q), atol=1e-9)


@pytest.mark.parametrize("bad", [{"n_inputs": 10}, {"target": "cube"}, {"n": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("inductive-bias").run(bad)
