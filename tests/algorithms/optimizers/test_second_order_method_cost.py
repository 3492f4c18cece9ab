from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.optimizers.second_order_method_cost import second_order_method_cost
from algorithms.registry import load
from core.errors import InputError


def test_a_million_parameters_need_four_terabytes() -> None:
    output = second_order_method_cost(1_000_000, 4)
    assert output["matrix_bytes"] == 4 * 10**12
    assert output["matrix_terabytes"] == 4
    assert output["gradient_bytes"] == 4_000_000
    assert output["cholesky_operations"] == pytest.approx(1e18 / 3)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=8), st.floats(0.01, 10))
def test_damping_raises_each_eigenvalue_and_lowers_the_condition_number(values: list[float], damping: float) -> None:
    output = second_order_method_cost(10, 8, values, damping)
    low, high = min(values), max(values)
    assert output["condition_number"] == pytest.approx(high / low, rel=1e-6)
    assert output["damped_condition_number"] == pytest.approx((high + damping) / (low + damping), rel=1e-6)
    assert output["damped_smallest_eigenvalue"] == pytest.approx(output["smallest_eigenvalue"] + damping, rel=1e-6)
    assert output["damped_condition_number"] <= output["condition_number"] * (1 + 1e-9)
    assert output["damped_noise_amplification"] == pytest.approx(1 / (low + damping), rel=1e-6)


def test_without_damping_nothing_changes() -> None:
    output = second_order_method_cost(eigenvalues=[5.0, 0.5], damping=0)
    assert output["damped_condition_number"] == output["condition_number"] == pytest.approx(10)


@pytest.mark.parametrize("bad", [{"parameters": 0}, {"eigenvalues": [0.0]}, {"bytes_per_number": 3}, {"damping": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("second-order-method-cost").run(bad)
