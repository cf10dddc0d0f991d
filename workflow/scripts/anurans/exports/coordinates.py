"""Coordinates as they may be given away: blurred to a grid where a species is sensitive."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, cos, floor, hypot, radians

from anurans.recordings.site_table import Place

# Metres of a degree of latitude, at most.
DEGREE = 111_700.0
# Decimals of coordinates: a tenth of a metre.
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Published:
    """Coordinates of a site as files show them.

    Attributes
    ----------
    latitude, longitude
        In degrees.
    uncertainty
        Radius of the circle around them that holds the site, in m; None where it is not known.
    grid
        Width of the grid's cells, in degrees, whose middle this is; 0 for the place itself.
    """

    latitude: float
    longitude: float
    uncertainty: int | None = None
    grid: float = 0.0


def blur(value: float, grid: float) -> float:
    """Middle of the cell of a grid, in degrees from 0, that a coordinate lies in.

    Examples
    --------
    >>> blur(-22.8134, 0.1), blur(-47.06, 0.1), blur(0.0, 0.5)
    (-22.85, -47.05, 0.25)
    """
    return round((floor(round(value / grid, 9)) + 0.5) * grid, DECIMALS)


def publish(place: Place, grid: float = 0.0, uncertainty: float | None = None) -> Published:
    """Give the coordinates of a site away.

    Parameters
    ----------
    place
        Where it is.
    grid
        Width of the cells that they are blurred to, in degrees; 0 for not at all.
    uncertainty
        Of `place` itself, in m; None where it is not known.

    Returns
    -------
    Published
        With a grid, the middle of a cell, and half its diagonal as uncertainty: that of a cell's
        side on a meridian and of the longer of its sides on a parallel.

    Examples
    --------
    >>> publish(Place(-22.8134, -47.0612), grid=0.1)
    Published(latitude=-22.85, longitude=-47.05, uncertainty=7597, grid=0.1)
    """
    if not grid:
        known = None if uncertainty is None else max(1, ceil(uncertainty))
        at = round(place.latitude, DECIMALS), round(place.longitude, DECIMALS)
        return Published(*at, known)
    latitude, longitude = blur(place.latitude, grid), blur(place.longitude, grid)
    equator = max(0.0, abs(latitude) - grid / 2)
    half = DEGREE * grid / 2
    diagonal = hypot(half, half * cos(radians(equator)))
    most = min(max(latitude, -90.0), 90.0), min(max(longitude, -180.0), 180.0)
    return Published(*most, ceil(diagonal + (uncertainty or 0)), grid)


def publish_all(
    places: Mapping[str, Place], sensitive: Mapping[str, float], uncertainty: float | None
) -> dict[str, Published]:
    """Give the coordinates of all sites away.

    A site's coordinates in one file would tell them in every other that names the site, so those of
    all sites are blurred where any species is sensitive, to the widest grid.

    Parameters
    ----------
    places
        Where sites are.
    sensitive
        Grid of each sensitive species, in degrees.
    uncertainty
        Of `places`, in m; None where it is not known.
    """
    grid = max(sensitive.values(), default=0.0)
    return {site: publish(place, grid, uncertainty) for site, place in sorted(places.items())}


def generalisation(grid: float) -> str:
    """Sentence about coordinates that were blurred; empty where they were not."""
    if not grid:
        return ""
    return f"Coordinates are the middle of a cell of a grid of {grid:g} degrees."
