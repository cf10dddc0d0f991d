"""Coordinates that may be given away: within a cell, with an uncertainty that holds the place."""

from math import asin, cos, radians, sin, sqrt

from hypothesis import given, settings
from hypothesis import strategies as st

from anurans.exports.coordinates import generalisation, publish, publish_all
from anurans.recordings.site_table import Place

PLACES = st.builds(Place, st.floats(-89, 89), st.floats(-179, 179))


def metres(one, other):
    """Distance on a sphere of the Earth's mean radius."""
    lat, lon = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    height = sin(lat / 2) ** 2
    height += cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(lon / 2) ** 2
    return 2 * 6_371_009 * asin(sqrt(height))


@settings(max_examples=50, deadline=None)
@given(PLACES, st.sampled_from([0.01, 0.05, 0.1, 0.5, 1.0]))
def test_a_blurred_place_is_within_its_uncertainty(place, grid):
    found = publish(place, grid, 30.0)
    assert metres(place, found) + 30 <= found.uncertainty
    assert found.uncertainty < 1.5 * grid * 111_700 + 31


@settings(max_examples=50, deadline=None)
@given(PLACES, PLACES)
def test_places_of_one_cell_look_the_same(one, other):
    cells = {(int(p.latitude // 1), int(p.longitude // 1)) for p in (one, other)}
    looks = {publish(place, 1.0) for place in (one, other)}
    # Of a place on the edge of a cell either may hold.
    edge = any(min(v % 1, -v % 1) < 1e-6 for p in (one, other) for v in (p.latitude, p.longitude))
    assert edge or len(looks) == len(cells)


def test_one_sensitive_species_blurs_every_site_to_the_widest_grid():
    places = {"B": Place(-22.8134, -47.0612), "A": Place(0.01, 0.01)}
    found = publish_all(places, {"LOW": 0.1, "HIGH": 0.5}, None)
    assert list(found) == ["A", "B"] and {each.grid for each in found.values()} == {0.5}
    assert (found["B"].latitude, found["B"].longitude) == (-22.75, -47.25)


def test_without_a_sensitive_species_the_place_is_told():
    found = publish_all({"A": Place(-22.8134, -47.0612)}, {}, 12.5)["A"]
    assert (found.latitude, found.longitude, found.uncertainty) == (-22.8134, -47.0612, 13)
    assert generalisation(found.grid) == ""
    assert publish(Place(1.0, 2.0)).uncertainty is None
