from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import polynomial_kernel

from algorithms.registry import load
from algorithms.support_vector_machines.kernel_trick import kernel_trick
from core.errors import InputError

POINTS = st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=1, max_size=4)


@given(POINTS, st.integers(1, 4), st.floats(0, 2))
def test_kernel_is_the_inner_product_of_the_maps(pairs: list[tuple[float, float]], degree: int, coef0: float) -> None:
    x, y = (list(side) for side in zip(*pairs, strict=True))
    output = kernel_trick(x, y, degree=degree, coef0=coef0)
    assert output["inner_product_of_maps"] == pytest.approx(output["kernel_value"], rel=1e-9, abs=1e-9)
    expected = polynomial_kernel([x], [y], degree=degree, gamma=1, coef0=coef0)[0, 0]
    assert output["kernel_value"] == pytest.approx(expected, abs=1e-9)


def test_degree_two_golden() -> None:
    # x.y = 3 + 8 = 11; phi(x) = (x1^2, sqrt(2) x1 x2, x2^2)
    output = kernel_trick([1, 2], [3, 4])
    assert output["kernel_value"] == 121
    np.testing.assert_allclose(output["map_x"], [1, np.sqrt(2) * 2, 4])
    np.testing.assert_allclose(output["map_y"], [9, np.sqrt(2) * 12, 16])


def test_dimension_of_the_map_grows_and_that_of_the_kernel_does_not() -> None:
    output = kernel_trick([1.0] * 12, [1.0] * 12, degree=4, coef0=1.0)
    assert output["feature_dimension"] == output["multiplications_map"] == 1820  # C(13 + 3, 4)
    assert output["multiplications_kernel"] == 15


def test_linear_kernel_is_the_plain_inner_product() -> None:
    output = kernel_trick([1, 2], [3, 4], kernel="linear", degree=4, coef0=7)
    assert output["kernel_value"] == output["inner_product_of_maps"] == 11
    assert output["map_x"].tolist() == [1, 2]


@pytest.mark.parametrize("bad", [{"x": [1.0]}, {"degree": 9}, {"coef0": -1}, {"kernel": "sigmoid"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("kernel-trick").run(bad)
