"""Time series that people plot: counts by site, species, night, hour and hours from sunset."""

from collections.abc import Iterator, Mapping

from anurans.exports.site_counts import PLACE, Calls, Effort, Place
from anurans.recordings.times import hours_from_noon
from anurans.scores.probabilities import Separation

# Kinds of counts, each with an assumption of its own (docs/exports.md). Of the last there are no
# rows until people have answered a queue that was drawn to count.
EVENTS, EXPECTED, LISTENED = "events", "expected", "listened"
ACTIVITY = (
    *("site", "species", "night", "hour", "after_sunset", "minutes", "clips", "trust"),
    *("kind", "count", "lower", "upper"),
)


def activity_rows(
    efforts: Mapping[Place, Effort],
    calls: Mapping[tuple[Place, str], Calls],
    separations: Mapping[str, Separation],
    trust: Mapping[str, str],
) -> Iterator[dict[str, object]]:
    """Rows of `ACTIVITY`, tidy: one for each place of the calendar, species and kind of count.

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
        row["species"] = species
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
