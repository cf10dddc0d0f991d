"""The page of how far new recordings lie from those that the model learnt from."""

from collections.abc import Mapping, Sequence
from typing import Any

from anurans.common.wording import counted
from anurans.listening.drift import BY_CALENDAR, BY_SOUND, MOST_DAYS, MOST_HOURS, Limits
from anurans.report.html import render
from anurans.report.season_warnings import warnings

Row = Mapping[str, str]


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
