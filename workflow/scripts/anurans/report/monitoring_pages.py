"""The pages of the monitoring report: what was heard, and whether the model knows such sounds."""

from collections.abc import Mapping, Sequence
from typing import Any

from anurans.common.wording import be, counted, have, listed
from anurans.listening.drift import BY_CALENDAR, BY_SOUND, MOST_DAYS, MOST_HOURS, Limits
from anurans.report.html import render
from anurans.scores.event_scores import TOLERANCES

Row = Mapping[str, str]
MODEL = ("split", "backbone", "dataset", "recipe")
MOST_NIGHTS = 12
PER_TWENTY_MINUTES = 100


def warnings(nights: Sequence[Row]) -> list[str]:
    """Say in plain words where scores should not be trusted; empty where nothing speaks so."""
    said = []
    doubtful = [row for row in nights if row["trust"] == "no"]
    if doubtful:
        reasons = {
            name: sum(int(row[name]) for row in doubtful)
            for name in BY_SOUND
            if any(int(row[name]) for row in doubtful)
        }
        why = listed(f"{name} ({counted(n, 'recording')})" for name, n in reasons.items())
        shown = [row["night"] or "without a date" for row in doubtful]
        more = len(shown) - MOST_NIGHTS
        names = ", ".join(shown[:MOST_NIGHTS]) + (f" and {more} more" if more > 0 else "")
        said.append(
            f"Do not trust the scores of {len(doubtful)} of {counted(len(nights), 'night')}: at "
            "least half of their recordings sound unlike any that the model learnt from, by "
            f"{why}. Listen to some of them, and annotate some for training. Their expected counts "
            "have no interval, since none would hold, and counts over several nights leave them "
            f"out. Nights: {names}."
        )
    for name, what in (
        ("season", f"more than {MOST_DAYS} days of the year away from any training recording"),
        ("hour", f"more than {MOST_HOURS:g} hour of the day away from any training recording"),
    ):
        n = sum(int(row[name]) for row in nights)
        if n:
            said.append(
                f"{counted(n, 'recording')} {be(n)} {what}. Species or calls that the model never "
                "met may be heard then."
            )
    return said


def monitoring_page(
    project: str,
    species: Mapping[str, str],
    about: Mapping[str, Any],
    thresholds: Sequence[Row],
    events: Mapping[str, int],
    recordings: Sequence[Row],
    dates: Sequence[Row],
    totals: Sequence[Row],
    nights: Sequence[Row],
    precision: Sequence[Row],
    judged: Sequence[Row],
    listened: Sequence[Row],
    gap: float,
    review_round: int,
) -> str:
    """Write the page of what was heard.

    Parameters
    ----------
    project
        Its name.
    species
        Code and name of each.
    about
        Of the detector.
    thresholds, recordings, dates, totals, nights, precision, judged
        Rows of the tables of these names.
    listened
        Rows of the table of listened counts; none where nobody listened.
    events
        Number of events of each species.
    gap
        Events less than this apart are one, in s.
    review_round
        Number of the queues that are drawn of these recordings.
    """
    usable = [row for row in recordings if row["status"] == "ok"]
    hours = sum(float(row["duration_s"]) for row in usable) / 3600
    dated = sorted(row["date"] for row in usable if row["date"])
    model = "/".join(about["model"][key] for key in MODEL)
    told = [
        ("Recordings", f"{len(usable)}, {hours:.1f} hours"),
        ("Left out", f"{len(recordings) - len(usable)}, see results/detections/recordings.csv"),
        ("Dates", f"{dated[0]} to {dated[-1]}" if dated else "not told by the names"),
        ("Model", f"{model}, {counted(len(about['folds']), 'fold')}"),
        ("Thresholds", ", ".join(sorted({row["source"] for row in thresholds}))),
        ("Events", f"those less than {gap:g} s apart are one"),
    ]
    return render(
        "monitoring",
        f"{project}: who called when",
        "Calls in recordings that nobody annotated, by a model that learnt from others.",
        doubts=[
            *doubts(about),
            *known_already(recordings),
            *there_twice(recordings),
            *unreachable(thresholds),
            *warnings(nights),
        ],
        told=told,
        counts=listened_counts(species, listened, totals),
        later=grown(listened, totals),
        settles="" if listened else settled_by_listening(species, totals),
        round=review_round,
        heard=heard(species, events, dates, totals),
        precision=precisions(precision),
        notes=[f"{row['species']}: {row['note']}." for row in precision if row["note"]],
        judged=judgement(judged),
        touching=touching(judged),
        allowed=tolerances(judged),
        listened=counted(int(judged[0]["recordings"]), "recording") if judged else "",
    )


def listened_counts(
    species: Mapping[str, str], listened: Sequence[Row], totals: Sequence[Row]
) -> list[list[str]]:
    """Rows of the table of counts by listening, beside the model's own.

    Of each species the latest queue that gives a number; the latest one where none does.
    """
    latest = {row["species"]: row for row in _seasons(listened)}
    latest |= {row["species"]: row for row in _seasons(listened) if row["count"]}
    model = {row["species"]: row for row in totals}
    rows = []
    for code, row in latest.items():
        count = row["note"]
        if row["count"]:
            ends = f"{float(row['lower']):.0f} to {float(row['upper']):.0f}"
            count = f"{float(row['count']):.0f} ({ends}) / {row['clips']}"
        of_model = expected_of(model[code]) if code in model else ""
        rows.append([species.get(code) or code, row["queue"], row["answers"], count, of_model])
    return rows


def grown(listened: Sequence[Row], totals: Sequence[Row]) -> str:
    """Say where the season has other clips than a queue was drawn from; empty where it has not."""
    drawn = {row["queue"]: int(row["clips"]) for row in _seasons(listened) if row["count"]}
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
    row = max(known, key=_open)
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


def _open(row: Row) -> float:
    """Share of its clips that the model leaves open."""
    if not row["lower"]:
        return 1.0
    clips = int(row["clips_counted"] or row["clips"])
    return (float(row["upper"]) - float(row["lower"])) / clips


def _seasons(listened: Sequence[Row]) -> list[Row]:
    """Rows of whole seasons, the latest queue last."""
    mine = [row for row in listened if row["by"] == "season"]
    return sorted(mine, key=lambda row: int(row["queue"].rpartition("-")[2]))


def known_already(recordings: Sequence[Row]) -> list[str]:
    """Name the new recordings that the model learnt from; empty where it met none of them."""
    names = [row["recording"] for row in recordings if row.get("learnt_from")]
    if not names:
        return []
    more = len(names) - MOST_NIGHTS
    shown = ", ".join(names[:MOST_NIGHTS]) + (f" and {more} more" if more > 0 else "")
    return [
        f"The model learnt from {len(names)} of {counted(len(recordings), 'recording')}. What it "
        f"hears there says nothing about new ones, and it is not judged by them: {shown}."
    ]


def there_twice(recordings: Sequence[Row]) -> list[str]:
    """Name the new recordings whose sound another one of another day has; empty without any."""
    pairs = [(row["recording"], row["same_as"]) for row in recordings if row.get("same_as")]
    if not pairs:
        return []
    more = len(pairs) - MOST_NIGHTS
    shown = ", ".join(f"{copy} ({first})" for copy, first in pairs[:MOST_NIGHTS])
    shown += f" and {more} more" if more > 0 else ""
    return [
        f"{counted(len(pairs), 'recording')} {have(len(pairs))} the same sound as one of another "
        "day. A clock is wrong, or a file was copied, and calls are counted twice. Remove one of "
        f"each: {shown}."
    ]


def doubts(about: Mapping[str, Any]) -> list[str]:
    """Warnings where the model's split leaks by design, or its network knows nothing."""
    said = []
    if about["embedding"]["backbone"]["weights"] == "random":
        said.append("The backbone has random weights: this shows how it works, not a result.")
    if about["leaks"] == "no":
        return said
    return [
        *said,
        f"The split {about['model']['split']} leaks by design: its thresholds and calibration are "
        "flattered. Name a model of another split.",
    ]


def unreachable(thresholds: Sequence[Row]) -> list[str]:
    """A warning of species that never have the wanted precision."""
    names = sorted({row["species"] for row in thresholds if row["source"] == "unreachable"})
    if not names:
        return []
    return [
        f"No threshold gives {listed(names)} the wanted precision on held-out clips: no clip is "
        "called positive. Want less, or annotate more calls."
    ]


def heard(
    species: Mapping[str, str],
    events: Mapping[str, int],
    dates: Sequence[Row],
    totals: Sequence[Row],
) -> list[list[str]]:
    """A row for each species: events, minutes and expected clips, and when it called most."""
    lines = []
    in_all = {row["species"]: row for row in totals}
    for code, name in species.items():
        mine = [row for row in dates if row["species"] == code]
        calling = [row for row in mine if row["expected"] and float(row["expected"])]
        calling = [row for row in calling if row["lower"]] or calling
        total = in_all[code]
        nights = [row for row in mine if int(row["minutes_present"]) and row["night"]]
        called = f"{nights[0]['night']} to {nights[-1]['night']}" if nights else ""
        most = max(calling, key=lambda row: float(row["expected_share"]), default=None)
        lines.append(
            [
                name or code,
                str(events.get(code, 0)),
                f"{total['minutes_present']} / {total['minutes']}",
                expected_of(total),
                called,
                most["night"] if most and most["night"] else "",
            ]
        )
    return lines


def expected_of(total: Row) -> str:
    """An expected number of clips with its interval, of how many."""
    return f"{expected(total)} / {total['clips_counted'] or total['clips']}"


def expected(total: Row) -> str:
    """An expected number of clips with its interval."""
    if not total["expected"]:
        return "not known"
    number, *ends = (f"{float(total[key] or 'nan'):.0f}" for key in ("expected", "lower", "upper"))
    return f"{number} ({ends[0]} to {ends[1]})" if total["lower"] else number


def precisions(rows: Sequence[Row]) -> list[list[str]]:
    """A row for each species: the precision on held-out clips, and that expected here."""
    return [
        [
            row["species"],
            short(row["prevalence_held_out"]),
            short(row["precision_held_out"]),
            ranged(row, "prevalence"),
            ranged(row, "precision"),
            short(row["precision_em"]),
        ]
        for row in rows
    ]


def ranged(row: Row, name: str) -> str:
    """A number of a table with its interval, where it has one."""
    value, lower, upper = (short(row[f"{name}{end}"]) for end in ("", "_lower", "_upper"))
    return f"{value} ({lower} to {upper})" if lower else value


def judgement(rows: Sequence[Row]) -> list[list[str]]:
    """A row for each species: by segments, by matches and by the sweep."""
    return [
        [
            row["species"],
            *(short(row[f"segment_{name}"]) for name in ("precision", "recall", "f1")),
            f"{row['matched']} / {row['events']} / {row['calls']}",
            short(row["match_f1"]),
            short(row["psds"]),
        ]
        for row in rows
    ]


def touching(rows: Sequence[Row]) -> list[list[str]]:
    """A row for each species: how well in time events are, and what they touch."""
    return [
        [
            row["species"],
            short(row["start_error_abs"]),
            short(row["end_error_abs"]),
            f"{row['events_touching']} / {row['events']}",
            f"{row['calls_touched']} / {row['calls']}",
        ]
        for row in rows
    ]


def tolerances(rows: Sequence[Row]) -> dict[str, str]:
    """What was let pass, in words of the page."""
    if not rows:
        return {}
    return {name: f"{float(rows[0][name]):g}" for name in TOLERANCES}


def short(text: str) -> str:
    """A number of a table with two decimals."""
    return f"{float(text):.2f}" if text else ""


def drift_page(
    about: Mapping[str, Any], limits: Limits, rows: Sequence[Row], nights: Sequence[Row]
) -> str:
    """Write the page of how far new recordings lie from those of training."""
    within = [
        f"Level: {limits.level[0]:.1f} to {limits.level[1]:.1f} dB of full scale, what training "
        "recordings have and 3 dB more.",
        "Spectrum: "
        + limit(
            limits.spectrum,
            "dB from the nearest training recording, a quarter "
            "more than any of these is from its nearest.",
        ),
        "Embedding: "
        + limit(
            limits.embedding,
            "from the nearest of some training clips, as far "
            "as 99 of 100 training clips are from those of other recordings. What the network "
            "sees: it can tell of a new background that level and spectrum do not show.",
        ),
        f"Season and hour: {MOST_DAYS} days of the year, {MOST_HOURS:g} hour of the day from the "
        "nearest training recording.",
    ]
    measures = [*BY_SOUND, *BY_CALENDAR]
    outside = {name: sum(name in row["outside"].split() for row in rows) for name in measures}
    return render(
        "drift",
        "Does the model know such recordings?",
        f"{counted(len(rows), 'new recording')} against {len(about['recordings'])} that the model "
        "learnt from. Trust a score only on sounds like those of training.",
        doubts=warnings(nights),
        outside=[[name, n, len(rows)] for name, n in outside.items()],
        limits=within,
        measures=[f"outside by {name}" for name in measures],
        nights=[
            [row["night"] or "no date", *(row[key] for key in ("recordings", *measures, "trust"))]
            for row in nights
        ],
    )


def limit(value: float | None, text: str) -> str:
    """A limit in words, or that there is none."""
    return (
        "not judged, there is one training recording." if value is None else f"{value:.2f} {text}"
    )
