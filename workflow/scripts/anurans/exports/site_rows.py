"""What is told of each site: coordinates as they may be given away, and the user's columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from anurans.common.errors import UserError
from anurans.common.tables import read_columns, read_table
from anurans.exports.coordinates import Published
from anurans.exports.histories import NA, Survey, minutes_text
from anurans.recordings.site_table import COLUMNS

SITES = (
    *("site", "latitude", "longitude", "coordinate_uncertainty", "first_night", "last_night"),
    *("nights", "minutes"),
)


def own_columns(path: str, wanted: Sequence[str] | None, is_sensitive: bool) -> list[str]:
    """Columns of the user's table of sites that are given away.

    Parameters
    ----------
    path
        The table; empty for none.
    wanted
        `export.site_columns`.
    is_sensitive
        Whether any species is: a column may tell the place in other words, so that none is given
        away but those that are named.

    Raises
    ------
    UserError
        When a wanted column is not there.
    """
    there = read_columns(path) if path else []
    own = [name for name in there if name not in COLUMNS and name not in SITES]
    if wanted is None:
        return [] if is_sensitive else own
    if missing := [name for name in wanted if name not in own]:
        raise UserError(
            f"export.site_columns: {path or 'the config has no table of sites, which'} has no "
            f"column {', '.join(missing)}; found {', '.join(own) or 'none of its own'}."
        )
    return list(wanted)


def read_own(path: str, columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Cells of these columns, by site."""
    if not path or not columns:
        return {}
    return {
        row["site"].strip(): {name: row[name].strip() for name in columns}
        for row in read_table(path, needs=("site", *columns))
    }


def site_rows(
    of: Survey,
    published: Mapping[str, Published],
    own: Mapping[str, Mapping[str, str]],
    columns: Iterable[str],
) -> Iterator[dict[str, object]]:
    """Rows of `SITES` and the user's columns, in the order of the histories."""
    for site in of.sites:
        place = published.get(site)
        nights = of.nights_at(site)
        row: dict[str, object] = {"site": site, "latitude": NA, "longitude": NA}
        row["coordinate_uncertainty"] = NA
        if place:
            row |= {"latitude": f"{place.latitude:.6f}", "longitude": f"{place.longitude:.6f}"}
            row["coordinate_uncertainty"] = NA if place.uncertainty is None else place.uncertainty
        row |= {"first_night": nights[0], "last_night": nights[-1], "nights": len(nights)}
        listened = sum(of.minutes.get((site, occasion), 0.0) for occasion in of.occasions)
        row["minutes"] = minutes_text(listened)
        yield row | {name: own.get(site, {}).get(name, "") or NA for name in columns}
