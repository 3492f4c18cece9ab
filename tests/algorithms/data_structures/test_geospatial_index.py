from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import haversine_distances

from algorithms.data_structures.geospatial_index import EARTH_KM, geohash, geospatial_index, haversine
from algorithms.registry import load
from core.errors import InputError

PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(st.lists(PLACES, min_size=1, max_size=10), PLACES)
def test_haversine_equals_sklearn(points: list[tuple[float, float]], center: tuple[float, float]) -> None:
    expected = haversine_distances(np.radians([center]), np.radians(points))[0] * EARTH_KM
    np.testing.assert_allclose(haversine(*center, np.array(points)), expected, atol=1e-3)


@given(PLACES, st.floats(0.5, 12_000), st.floats(0.5, 40), st.integers(0, 1000))
@settings(max_examples=150)
def test_grid_equals_a_brute_force_scan(center: tuple[float, float], radius: float, cell: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    near = np.array(center) + rng.normal(0, radius / 100, (20, 2))
    anywhere = rng.uniform([-90, -180], [90, 180], (20, 2))
    points = np.vstack([near, anywhere])
    points[:, 0] = np.clip(points[:, 0], -90, 90)
    points[:, 1] = (points[:, 1] + 180) % 360 - 180
    r = geospatial_index(points.tolist(), *center, radius=radius, unit="km", cell_degrees=cell)
    distances = haversine(*center, points)
    assert sorted(r["matches"].tolist()) == np.flatnonzero(distances <= radius).tolist()
    assert r["distances"].tolist() == sorted(r["distances"].tolist())
    assert r["candidates"] >= r["n_matches"]


def test_known_distances_and_units() -> None:
    # Paris to London, city centres: about 343.6 km = 213.5 miles
    r = geospatial_index([(51.5074, -0.1278)], 48.8566, 2.3522, radius=214, unit="miles")
    assert r["distances"][0] == pytest.approx(213.5, abs=0.2)
    assert geospatial_index([(51.5074, -0.1278)], 48.8566, 2.3522, radius=213, unit="miles")["n_matches"] == 0


def test_the_index_skips_far_places_and_crosses_the_date_line() -> None:
    r = geospatial_index([(0, 179.99), (0, 0), (10, 50)], 0, -179.99, radius=5, unit="km")
    assert r["matches"].tolist() == [0] and r["candidates"] == 1


@pytest.mark.parametrize(
    ("place", "expected"), [((57.64911, 10.40744), "u4pruydqqvj"), ((42.605, -5.603), "ezs42"), ((0, 0), "s0000")]
)
def test_published_geohashes(place: tuple[float, float], expected: str) -> None:
    assert geohash(*place, len(expected)) == expected


@pytest.mark.parametrize("bad", [{"latitude": 91}, {"radius": 0}, {"points": [[0, 181]]}, {"points": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("geospatial-index").run(bad)
