"""Time series that people plot: counts by site, species, night, hour and hours from sunset."""

from collections.abc import Iterable, Iterator, Mapping

from anurans.exports.site_counts import PLACE, Calls, Effort, Place
from anurans.recordings.times import hours_from_noon
from anurans.scores.probabilities import Separation

# Kinds of counts, each with an assumption of its own (docs/exports.md). The last are of the season,
# a month or a site, and of no hour; there are none until people have answered a queue to count.
EVENTS, EXPECTED, LISTENED = "events", "expected", "listened"
HOUR, MONTH, SITE = "hour", "month", "site"
UNKNOWN = "unknown"  # as results/review/counts.csv calls recordings without a month or site
ACTIVITY = (
    *("kind", "by", "site", "month", "night", "hour", "after_sunset", "species", "queue"),
    *("minutes", "clips", "trust", "count", "lower", "upper"),
)


def activity_rows(
    efforts: Mapping[Place, Effort],
    calls: Mapping[tuple[Place, str], Calls],
    separations: Mapping[str, Separation],
    trust: Mapping[str, str],
) -> Iterator[dict[str, object]]:
    """Rows of `ACTIVITY` by hour: one for each place of the calendar, species and kind of count.

    Parameters
    ----------
    efforts, calls
        What was listened to and heard.
    separations
        What is known of each species' held-out clips.
    trust
        `yes` or `no` by night, from results/monitoring/drift_nights.csv. Of a night with `no` there
        is no interval: none is known that would hold.
    """

    def order(of: tuple[Place, str]) -> tuple:
        (site, night, hour, after), species = of
        since = hours_from_noon(hour) if hour else -1
        return site, species, night, since, int(after) if after else 0

    for place, species in sorted(calls, key=order):
        one, night = calls[place, species], place[1]
        row: dict[str, object] = dict(zip(PLACE, place, strict=True))
        row |= {"by": HOUR, "species": species}
        row["minutes"] = efforts[place].minutes if place in efforts else 0.0
        row |= {"clips": one.clips, "trust": trust.get(night, "")}
        yield row | {"kind": EVENTS, "count": one.events}
        separation = separations.get(species)
        if separation is None or one.probability is None:
            continue
        # Clips of one night at one site err alike.
        expected, lower, upper = separation.count(one.probability, one.clips, one.clips**2)
        if expected is None:
            continue
        ends = {} if row["trust"] == "no" else {"lower": lower, "upper": upper}
        yield row | {"kind": EXPECTED, "count": expected} | ends


def listened_rows(counts: Iterable[Mapping[str, str]]) -> Iterator[dict[str, object]]:
    """Rows of `ACTIVITY` by season, month and site, of what people heard.

    Parameters
    ----------
    counts
        Rows of results/review/counts.csv. Those without a number are left out: their `note` says
        why there is none.
    """
    for count in counts:
        if not count["count"]:
            continue
        row: dict[str, object] = {"kind": LISTENED, "by": count["by"]}
        if count["by"] in (MONTH, SITE):
            row[count["by"]] = "" if count["place"] == UNKNOWN else count["place"]
        same = ("species", "queue", "clips", "count", "lower", "upper")
        yield row | {key: count[key] for key in same}
