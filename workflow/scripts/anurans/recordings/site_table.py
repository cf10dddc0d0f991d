"""Where sites are: a table of the user's, with coordinates."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anurans.common.errors import UserError, listing
from anurans.common.tables import read_table

COLUMNS = ("site", "latitude", "longitude")
_MOST = {"latitude": 90.0, "longitude": 180.0}


@dataclass(frozen=True, slots=True)
class Place:
    """Coordinates, in degrees; south and west are negative."""

    latitude: float
    longitude: float

    def cells(self) -> dict[str, float]:
        """Columns of a table."""
        return {"latitude": self.latitude, "longitude": self.longitude}


def read_sites(path: str) -> dict[str, Place]:
    """Read a table of sites.

    Parameters
    ----------
    path
        A .csv or .tsv file with the columns `COLUMNS`.

    Returns
    -------
    dict
        Place of each site.

    Raises
    ------
    UserError
        With every line that is wrong.
    """
    if not Path(path).is_file():
        raise UserError(
            f"sites: {path} is not a file; expected a .csv or .tsv table with the columns "
            f"{', '.join(COLUMNS)}."
        )
    found: dict[str, Place] = {}
    problems = []
    for line, row in enumerate(read_table(path, needs=COLUMNS), start=2):
        at, site = f"{path}, line {line}", (row["site"] or "").strip()
        wrong = [wrong for key in _MOST if (wrong := _wrong(row, key))]
        if not site:
            wrong.append("site is empty")
        elif site in found:
            wrong.append(f"site {site} stands there twice")
        problems += [f"{at}: {each}." for each in wrong]
        if not wrong:
            found[site] = Place(float(row["latitude"]), float(row["longitude"]))
    if problems:
        raise UserError(f"The table of sites has mistakes:\n{listing(problems)}")
    return found


def _wrong(row: Mapping[str, str], key: str) -> str:
    text = (row[key] or "").strip()
    try:
        if abs(float(text)) <= _MOST[key]:
            return ""
    except ValueError:
        pass
    return f"{key} is {text!r}; expected degrees from -{_MOST[key]:g} to {_MOST[key]:g}, as -23.55"
