"""Survey occasions: nights that are taken together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta

NIGHT, WEEK = "night", "week"


@dataclass(frozen=True, slots=True, order=True)
class Occasion:
    """Nights from `first` to `last`, both by the evening's date, YYYY-MM-DD."""

    first: str
    last: str


def deal_nights(nights: Iterable[str], kind: str | int) -> dict[str, Occasion]:
    """Deal nights to survey occasions.

    Parameters
    ----------
    nights
        Those with recordings, YYYY-MM-DD.
    kind
        `night`: each is one. `week`: from Monday's night to Sunday's, so that an earlier or later
        recording moves no other. A number: so many nights, counted from the first.

    Returns
    -------
    dict
        Occasion of each night. Occasions without any recording are none.

    Examples
    --------
    >>> deal_nights(["2021-02-01", "2021-02-04"], 2)["2021-02-04"]
    Occasion(first='2021-02-03', last='2021-02-04')
    >>> deal_nights(["2021-02-04"], "week")["2021-02-04"]
    Occasion(first='2021-02-01', last='2021-02-07')
    """
    days = {night: Date.fromisoformat(night) for night in sorted(set(nights))}
    size = {NIGHT: 1, WEEK: 7}.get(str(kind)) or int(kind)
    begin = next(iter(days.values()), Date.min)
    if kind == WEEK:
        begin -= timedelta(days=begin.weekday())
    found = {}
    for night, day in days.items():
        first = begin + timedelta(days=(day - begin).days // size * size)
        last = first + timedelta(days=size - 1)
        found[night] = Occasion(first.isoformat(), last.isoformat())
    return found
