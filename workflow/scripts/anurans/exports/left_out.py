"""New recordings that exports leave out, and why: nothing is dropped in silence."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from anurans.exports.camtrap import why_not

LEFT_OUT = ("recording", "export", "reason")
HISTORIES, PACKAGES, ALL = "detection histories", "data package and occurrences", "all"
NO_SITE, NO_NIGHT = "its name and the table tell no site", "its name tells no date and time"


def left_out_rows(
    recordings: Iterable[Mapping[str, str]], places: Collection[str]
) -> Iterator[dict[str, str]]:
    """Rows of `LEFT_OUT`.

    Parameters
    ----------
    recordings
        Rows of results/detections/recordings.csv.
    places
        Sites with coordinates.
    """
    for row in sorted(recordings, key=lambda row: row["recording"]):
        name, packaged = row["recording"], why_not(row, places)
        if row["status"] != "ok":
            yield {"recording": name, "export": ALL, "reason": packaged}
            continue
        dated = "" if row["date"] and row["time"] else NO_NIGHT
        if reason := dated if row["site"] else NO_SITE:
            yield {"recording": name, "export": HISTORIES, "reason": reason}
        if packaged:
            yield {"recording": name, "export": PACKAGES, "reason": packaged}
