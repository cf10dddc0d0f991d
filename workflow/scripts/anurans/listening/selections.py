"""Events as the files that Audacity and Raven open, and that this workflow reads as annotations."""

import csv
import io
from collections.abc import Iterable

from anurans.common.tables import format_cell
from anurans.scores.events import Event

RAVEN = (
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)"),
    *("Low Freq (Hz)", "High Freq (Hz)", "Annotation", "Score", "Probability"),
)


def audacity(events: Iterable[Event]) -> str:
    """Labels: start, end and species, one line for each; an empty text means nothing was found."""
    return "".join(f"{each.start:.6f}\t{each.end:.6f}\t{each.species}\n" for each in events)


def raven(events: Iterable[Event], fmin: float, fmax: float) -> str:
    """A selection table, of boxes from `fmin` to `fmax` Hz: a clip's score tells no frequency."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(RAVEN)
    for number, each in enumerate(events, start=1):
        times = (f"{each.start:.6f}", f"{each.end:.6f}", f"{fmin:.1f}", f"{fmax:.1f}")
        scores = (format_cell(each.score), format_cell(each.probability))
        writer.writerow([number, "Spectrogram 1", 1, *times, each.species, *scores])
    return text.getvalue()
