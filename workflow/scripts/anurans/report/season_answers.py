"""What the monitoring page opens with: each species' season, its count, and how far to trust it."""

from collections.abc import Mapping, Sequence
from typing import Any

from anurans.common.wording import counted
from anurans.report.season_counts import latest_counts

Row = Mapping[str, str]
# An interval wider than its count leaves much open; one wider than half of it can be narrowed.
OPEN, NARROW = 1.0, 0.5
# Bars that a season is drawn with.
MOST_BARS = 60


def season_answers(
    species: Mapping[str, str],
    events: Mapping[str, int],
    dates: Sequence[Row],
    totals: Sequence[Row],
    listened: Sequence[Row],
    review_round: int,
) -> list[list[dict[str, Any]]]:
    """Cells of each species: its season, the count to be trusted, how far, and what to do next.

    Parameters are those of `anurans.report.monitoring_pages.monitoring_page`.
    """
    people, model = latest_counts(listened), {row["species"]: row for row in totals}
    counts = {code: count_cells(people.get(code), model[code], review_round) for code in species}
    # One scale for all, from none to the highest upper end.
    top = max(
        (cells[0]["reach"][-1] for cells in counts.values() if "reach" in cells[0]), default=1
    )
    for count, *_ in counts.values():
        if "reach" in count:
            count["reach"] = tuple(each / (top or 1) for each in count["reach"])
    nights: dict[str, list[Row]] = {code: [] for code in species}
    for row in dates:
        if row["night"]:
            nights[row["species"]].append(row)
    return [
        [
            {"text": name or code, "small": code if name else ""},
            season_cell(nights[code], events.get(code, 0)),
            *counts[code],
        ]
        for code, name in species.items()
    ]


def season_cell(nights: Sequence[Row], events: int) -> dict[str, Any]:
    """From when to when a species was heard, and in which night most; its bars are the nights'."""
    calling = [row["night"] for row in nights if int(row["minutes_present"])]
    if not calling:
        heard = "never heard" if nights or not events else "no dates"
        return {"text": heard, "small": counted(events, "event")}
    few = calling[0] if len(calling) == 1 else f"{calling[0]} to {calling[-1]}"
    told = f"{counted(len(calling), 'night')} of {len(nights)}"
    # Nights that sound otherwise have no interval: they count only where there are no others.
    shares = [float(row["expected_share"] or 0) if row["lower"] else 0.0 for row in nights]
    shares = shares if any(shares) else [float(row["expected_share"] or 0) for row in nights]
    if any(shares):
        told += f", most on {nights[shares.index(max(shares))]['night']}"
    else:
        shares = [float(row["share_of_minutes"] or 0) for row in nights]
    return {"text": few, "small": told, "bars": bars(shares)}


def bars(shares: Sequence[float]) -> list[float]:
    """Heights from 0 to 1, at most `MOST_BARS`: of nights that share a bar the highest.

    Examples
    --------
    >>> bars([0.1, 0.4, 0.2])
    [0.25, 1.0, 0.5]
    """
    each = -(-len(shares) // MOST_BARS)
    highest = [max(shares[at : at + each]) for at in range(0, len(shares), each)]
    top = max(highest) or 1.0
    return [round(share / top, 3) for share in highest]


def count_cells(people: Row | None, model: Row, review_round: int) -> list[dict[str, Any]]:
    """The count that can be trusted, how far, and what to do next."""
    page = f"../review/count-{review_round}.html"
    if people and people["count"]:
        return _by_people(people, model, review_round)
    told = _by_model(model)
    if people:
        told[1]["text"] += f" Listening gives no count yet: {people['note']}."
        told.append({"text": f"Answer more of {people['queue']}.", "href": page})
    elif not _left_open(model):
        text = "Compare nights with it. Listen to a random sample before you publish a number."
        told.append({"text": text, "href": page})
    else:
        told.append({"text": "Listen to a random sample of these clips.", "href": page})
    return told


def _by_people(people: Row, model: Row, review_round: int) -> list[dict[str, Any]]:
    count, lower, upper = (float(people[key]) for key in ("count", "lower", "upper"))
    clips = int(people["clips"])
    trust = (
        f"Well: people listened to {people['answers']} clips drawn at random, and the count needs "
        "no faith in the model."
    )
    following = {"text": "Publish it with its interval."}
    if upper - lower > NARROW * max(count, 1):
        text = (
            f"For a narrower interval, listen to another round (review.round: {review_round + 1})."
        )
        following = {"text": text}
    if _disagree(people, model):
        trust += f" The model alone says {numbers(model)}, which is wrong here."
        following = {
            "text": "Publish the count, and set thresholds by listening too.",
            "href": f"../review/check-{review_round}.html",
        }
    cell = _count(count, lower, upper, clips)
    return [cell | {"small": f"{cell['small']}, counted by listening"}, {"text": trust}, following]


def _by_model(model: Row) -> list[dict[str, Any]]:
    clips = int(model["clips_counted"] or model["clips"])
    left_out = int(model["clips"]) - clips
    if not model["expected"] or not model["lower"]:
        why = (
            "All nights sound unlike those that the model learnt from."
            if model["clips_counted"] and not clips
            else "The model's scores give no count that would hold."
        )
        return [{"text": "not known: listen"}, {"text": f"Not at all. {why}"}]
    expected, lower, upper = (float(model[key]) for key in ("expected", "lower", "upper"))
    trust = (
        "Little: the model hardly tells its calls from other sound here."
        if _left_open(model)
        else "With care: it holds if calls and other sound are like those of training."
    )
    if left_out:
        trust += f" Left out are {left_out} clips of nights that sound otherwise."
    cell = _count(expected, lower, upper, clips)
    return [cell | {"small": f"{cell['small']}, expected by the model"}, {"text": trust}]


def _count(count: float, lower: float, upper: float, clips: int) -> dict[str, Any]:
    return {
        "text": f"{count:.0f} of {clips} clips",
        "small": f"{lower:.0f} to {upper:.0f}",
        "reach": tuple(min(1.0, each / max(clips, 1)) for each in (lower, count, upper)),
    }


def _left_open(model: Row) -> bool:
    """Whether the model's interval is wider than its count, or there is none."""
    if not (model["expected"] and model["lower"]):
        return True
    return float(model["upper"]) - float(model["lower"]) > OPEN * float(model["expected"])


def _disagree(people: Row, model: Row) -> bool:
    """Whether the intervals of people and model have nothing in common, of the same clips."""
    clips = model["clips_counted"] or model["clips"]
    known = model["expected"] and model["lower"]
    if not known or not people["clips"] == model["clips"] == clips:
        return False
    return float(model["upper"]) < float(people["lower"]) or float(people["upper"]) < float(
        model["lower"]
    )


def numbers(model: Row) -> str:
    """An expected count with its interval."""
    return "{:.0f} ({:.0f} to {:.0f})".format(
        *(float(model[key]) for key in ("expected", "lower", "upper"))
    )
