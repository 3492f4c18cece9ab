r"""A geospatial index finds the places within a radius by looking only at nearby cells of a grid over the globe.

$$d = 2R \arcsin \sqrt{\sin^2 \tfrac{\Delta\varphi}{2} + \cos\varphi_1 \cos\varphi_2 \sin^2 \tfrac{\Delta\lambda}{2}}$$

**Intuition.** A filter on exact distance would compare every place. A grid, a geohash or an R-tree first yields the
candidates of the cells that touch the search circle; the haversine formula then removes those outside. Filter and
refine: the candidates must be a superset.

**When to use it.** "Within 5 miles of me", nearest shops, matching positions to areas.

**Cost.** Proportional to the places in the touched cells, not to all.

**Pitfalls.** A degree of longitude shrinks with the cosine of the latitude, so a box in degrees must be widened towards the
poles; at a pole it covers all longitudes. The box wraps around at 180 degrees. Two points across a geohash border share
no prefix although they are metres apart: look at neighbouring cells too. Latitude and longitude are swapped in GeoJSON
(longitude first). The haversine formula takes the Earth as a sphere, which is off by up to 0.5 percent.

**References.** Sinnott, *Virtues of the Haversine* (1984). Guttman, *R-trees: A Dynamic Index Structure for Spatial
Searching* (1984).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

EARTH_KM = 6371.0088
KM = {"km": 1.0, "miles": 1.609344}
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


def haversine(latitude: float, longitude: float, points: Floats) -> Floats:
    """Great-circle distances in km from one place to points (n, 2) of latitude and longitude in degrees.

    Examples
    --------
    >>> haversine(0, 0, np.array([[0.0, 90.0]])).round(0).tolist()
    [10008.0]
    """
    phi, lam = np.radians(points).T  # (n,), (n,)
    dphi, dlam = phi - math.radians(latitude), lam - math.radians(longitude)
    a = np.sin(dphi / 2) ** 2 + math.cos(math.radians(latitude)) * np.cos(phi) * np.sin(dlam / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(a, 0, 1))))


def bounds(latitude: float, longitude: float, radius_km: float) -> tuple[float, float, float]:
    """Lowest and highest latitude of the circle, and the half width of its longitudes, in degrees."""
    angle = radius_km / EARTH_KM
    low, high = latitude - math.degrees(angle), latitude + math.degrees(angle)
    if low <= -90 or high >= 90:  # a pole is inside: every longitude occurs
        return low, high, 180.0
    return low, high, math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(latitude)))))


def geohash(latitude: float, longitude: float, length: int) -> str:
    """Geohash in base 32: bits of longitude and latitude in turn, longitude first.

    Examples
    --------
    >>> geohash(57.64911, 10.40744, 11)
    'u4pruydqqvj'
    """
    spans = [[-180.0, 180.0], [-90.0, 90.0]]
    values, bits = (longitude, latitude), 0
    for i in range(5 * length):
        span = spans[i % 2]
        middle = (span[0] + span[1]) / 2
        upper = values[i % 2] >= middle
        span[0 if upper else 1] = middle
        bits = 2 * bits + upper
    return "".join("0123456789bcdefghjkmnpqrstuvwxyz"[bits >> 5 * i & 31] for i in reversed(range(length)))


@algorithm(
    id="geospatial-index",
    name="Geospatial index",
    aliases=(
        "geohash",
        "R-tree",
        "haversine",
        "radius query",
        "within 5 miles",
        "great-circle distance",
        "spatial index",
    ),
    example={
        "points": [
            [37.7749, -122.4194],
            [37.8044, -122.2712],
            [37.8716, -122.2727],
            [37.7793, -122.4193],
            [40.7128, -74.006],
        ],
        "latitude": 37.7749,
        "longitude": -122.4194,
        "radius": 5,
        "unit": "miles",
    },
)
def geospatial_index(
    points: Annotated[list[tuple[Latitude, Longitude]], Field(min_length=1, max_length=2_000)],
    latitude: Latitude,
    longitude: Longitude,
    radius: Annotated[float, Field(gt=0, le=20_000)] = 5.0,
    unit: Literal["km", "miles"] = "miles",
    cell_degrees: Annotated[float, Field(ge=0.01, le=90)] = 0.1,
) -> Output:
    """Places within a radius, through a grid.

    Parameters
    ----------
    points : list of (latitude, longitude)
        Places in degrees.
    latitude : float
        Latitude of the centre.
    longitude : float
        Longitude of the centre.
    radius : float
        Search radius.
    unit : {"km", "miles"}
        Unit of the radius and of the distances.
    cell_degrees : float
        Side of a grid cell.

    Returns
    -------
    dict
        ``matches``, numbers of the places found, nearest first (at most 50), with their ``distances``; ``n_matches``;
        ``candidates``, places in the touched cells, against ``scanned_without_index``; ``geohash`` of the centre.

    Examples
    --------
    >>> r = geospatial_index([(37.7749, -122.4194), (37.7793, -122.4193), (40.7, -74.0)], 37.7749, -122.4194)
    >>> r["matches"].tolist(), r["distances"].round(2).tolist()
    ([0, 1], [0.0, 0.3])
    """
    P = np.asarray(points, dtype=float)  # (n, 2)
    reach = radius * KM[unit]
    cells: dict[tuple[int, int], list[int]] = {}
    columns = math.ceil(360 / cell_degrees)
    for number, (phi, lam) in enumerate(P.tolist()):
        place = (math.floor(phi / cell_degrees), math.floor((lam + 180) / cell_degrees) % columns)
        cells.setdefault(place, []).append(number)
    low, high, half = bounds(latitude, longitude, reach)
    rows = range(math.floor(low / cell_degrees) - 1, math.floor(high / cell_degrees) + 2)
    first = math.floor((longitude - half + 180) / cell_degrees) - 1  # one cell more on each side for rounding
    last = math.floor((longitude + half + 180) / cell_degrees) + 1
    touched = {column % columns for column in range(first, min(last, first + columns) + 1)}
    candidates = np.array(
        sorted(n for (row, column), inside in cells.items() if row in rows and column in touched for n in inside),
        dtype=np.int64,
    )  # (c,)
    distances = haversine(latitude, longitude, P[candidates]) / KM[unit]  # (c,)
    order = np.argsort(distances, kind="stable")
    order = order[distances[order] <= radius]
    return {
        "matches": candidates[order][:50],
        "distances": distances[order][:50],
        "n_matches": len(order),
        "candidates": len(candidates),
        "scanned_without_index": len(P),
        "geohash": geohash(latitude, longitude, 9),
    }
