"""Clips with calls in a season: as people counted them, and as the model expects them."""

from collections.abc import Mapping, Sequence
from typing import Any

from anurans.common.wording import listed

Row = Mapping[str, str]
PER_TWENTY_MINUTES = 100


def listened_counts(
    species: Mapping[str, str], listened: Sequence[Row], totals: Sequence[Row]
) -> list[list[str]]:
    """Rows of the table of counts by listening, beside the model's own.

    Of each species that of `latest_counts`.
    """
    latest = latest_counts(listened)
    model = {row["species"]: row for row in totals}
    rows = []
    for code, row in latest.items():
        count = count_of(row)
        of_model = expected_of(model[code]) if code in model else ""
        rows.append([species.get(code) or code, row["queue"], row["answers"], count, of_model])
    return rows


def count_of(row: Mapping[str, Any]) -> str:
    """A count by listening with its interval, of how many clips; why there is none, where so.

    Examples
    --------
    >>> count_of({"count": "61.3", "lower": "58.4", "upper": "68.3", "clips": "240", "note": ""})
    '61 (58 to 68) / 240'
    """
    if row["count"] in ("", None):
        return str(row["note"])
    number, *ends = (f"{float(row[key]):.0f}" for key in ("count", "lower", "upper"))
    return f"{number} ({ends[0]} to {ends[1]}) / {row['clips']}"


def latest_counts(listened: Sequence[Row]) -> dict[str, Row]:
    """Of each species the latest queue that gives a number; the latest one where none does."""
    seasons = whole_seasons(listened)
    return {row["species"]: row for row in seasons} | {
        row["species"]: row for row in seasons if row["count"]
    }


def grown(listened: Sequence[Row], totals: Sequence[Row]) -> str:
    """Say where the season has other clips than a queue was drawn from; empty where it has not."""
    drawn = {row["queue"]: int(row["clips"]) for row in whole_seasons(listened) if row["count"]}
    now = max((int(row["clips"]) for row in totals), default=0)
    changed = [f"{queue} of {clips}" for queue, clips in drawn.items() if clips != now]
    if not changed:
        return ""
    return (
        f"The season has {now} clips now. The counts are of those that there were when the queue "
        f"was drawn: {listed(changed)}. Another review.round draws from all of them."
    )


def settled_by_listening(species: Mapping[str, str], totals: Sequence[Row]) -> str:
    """Say how near twenty minutes of listening would come, for what the model knows least of.

    A hundred clips drawn at random, without the help of scores: what they tell is told by
    1.96 sqrt(p (1 - p) / 100) of the clips, p being the expected share of clips with calls.
    """
    known = [row for row in totals if row["expected"] and int(row["clips"])]
    if not known:
        return ""
    row = max(known, key=share_open)
    clips = int(row["clips"])
    share = float(row["expected"]) / int(row["clips_counted"] or clips)
    near = 1.96 * (max(share * (1 - share), 0.01) / PER_TWENTY_MINUTES) ** 0.5 * clips
    model = "gives no interval that would hold"
    if row["lower"]:
        counted_clips = row["clips_counted"] or clips
        ends = f"{float(row['lower']):.0f} to {float(row['upper']):.0f}"
        model = f"leaves {ends} of {counted_clips} open"
    name = species.get(row["species"]) or row["species"]
    return (
        f"In twenty minutes you hear some {PER_TWENTY_MINUTES} clips. This would count the clips "
        f"of {name} to within about {near:.0f} of {clips}, where the model {model}."
    )


def share_open(row: Row) -> float:
    """Share of its clips that the model leaves open."""
    if not row["lower"]:
        return 1.0
    clips = int(row["clips_counted"] or row["clips"])
    return (float(row["upper"]) - float(row["lower"])) / clips


def whole_seasons(listened: Sequence[Row]) -> list[Row]:
    """Rows of whole seasons, the latest queue last."""
    mine = [row for row in listened if row["by"] == "season"]
    return sorted(mine, key=lambda row: int(row["queue"].rpartition("-")[2]))


def expected_of(total: Row) -> str:
    """An expected number of clips with its interval, of how many."""
    return f"{expected(total)} / {total['clips_counted'] or total['clips']}"


def expected(total: Row) -> str:
    """An expected number of clips with its interval."""
    if not total["expected"]:
        return "not known"
    number, *ends = (f"{float(total[key] or 'nan'):.0f}" for key in ("expected", "lower", "upper"))
    return f"{number} ({ends[0]} to {ends[1]})" if total["lower"] else number
