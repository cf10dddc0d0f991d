"""Detection histories for occupancy models: sites by survey occasions.

A cell is NA where nothing was recorded, and never 0: nobody listened there, and a 0 would say that
the species was not heard.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date

from anurans.exports.answers import Settled, answer_about
from anurans.exports.occasions import Occasion, deal_nights
from anurans.exports.site_counts import Calls, Effort, Place
from anurans.listening.drift import BY_SOUND
from anurans.recordings.times import clock_of, night_of
from anurans.review.verdicts import PRESENT

NA = "NA"  # as R reads and writes it
# Of the states of false-positive models: heard by the model alone, and confirmed by a person.
NOT_HEARD, DOUBTFUL, CONFIRMED = 0, 1, 2
Cell = tuple[str, Occasion]


@dataclass(frozen=True)
class Survey:
    """What was recorded, where and when.

    Attributes
    ----------
    sites
        Those with recordings that have a date, sorted.
    occasions
        In order, those with recordings at any site.
    of_night
        Occasion of each night.
    minutes
        Listened to, by site and occasion; without those of none.
    sun
        Mean of the minutes from sunset, weighted by time; without cells where it is not known.
    nights
        With recordings, of each site.
    """

    sites: tuple[str, ...]
    occasions: tuple[Occasion, ...]
    of_night: Mapping[str, Occasion]
    minutes: Mapping[Cell, float]
    sun: Mapping[Cell, float]
    nights: Mapping[str, frozenset[str]]

    def nights_at(self, site: str) -> list[str]:
        """Nights with recordings at a site, in order."""
        return sorted(self.nights[site])

    def cells(self) -> Iterator[Cell]:
        """Every site by every occasion."""
        return ((site, occasion) for site in self.sites for occasion in self.occasions)

    def cell(self, site: str, night: str) -> Cell | None:
        """Cell of a night at a site; None where there is none, or nothing was listened to."""
        occasion = self.of_night.get(night)
        if occasion is None or (site, occasion) not in self.minutes:
            return None
        return site, occasion


def survey(efforts: Mapping[Place, Effort], kind: str | int) -> Survey:
    """Lay survey occasions over what was recorded.

    Parameters
    ----------
    efforts
        By site, night, hour and hours from sunset; what has no site or no night is left out.
    kind
        As `anurans.exports.occasions.deal_nights` takes it.
    """
    known = {place: one for place, one in efforts.items() if place[0] and place[1] and one.minutes}
    of_night = deal_nights((place[1] for place in known), kind)
    minutes: dict[Cell, float] = defaultdict(float)
    sums: dict[Cell, list[float | None]] = defaultdict(list)
    for (site, night, *_), one in sorted(known.items()):
        minutes[site, of_night[night]] += one.minutes
        sums[site, of_night[night]].append(one.sun_minutes)
    sun = {
        cell: sum(each for each in of if each is not None) / minutes[cell]
        for cell, of in sums.items()
        if None not in of
    }
    nights: dict[str, set[str]] = defaultdict(set)
    for site, night, *_ in known:
        nights[site].add(night)
    return Survey(
        tuple(sorted(nights)),
        tuple(sorted(set(of_night.values()))),
        of_night,
        dict(minutes),
        sun,
        {site: frozenset(each) for site, each in nights.items()},
    )


def detections(
    of: Survey, calls: Mapping[tuple[Place, str], Calls], species: str
) -> dict[Cell, int]:
    """Whether any event of a species begins in each cell that was listened to: 1 or 0."""
    found = dict.fromkeys(of.minutes, 0)
    for ((site, night, *_), name), one in calls.items():
        cell = of.cell(site, night)
        if name == species and one.events and cell is not None:
            found[cell] = 1
    return found


@dataclass
class Judged:
    """What people answered in a cell.

    Attributes
    ----------
    confirmed
        Whether a clip with calls was heard there.
    open
        Events that nobody has confirmed or rejected.
    """

    confirmed: bool = False
    open: int = field(default=0)


def judge_cells(
    of: Survey,
    species: str,
    events: Iterable[Mapping[str, str]],
    answers: Mapping[str, Sequence[Settled]],
    told: Mapping[str, Mapping[str, str]],
) -> dict[Cell, Judged]:
    """Gather by cell what people answered about the events of a species, and about other clips.

    Parameters
    ----------
    of
        The cells.
    species
        Its code.
    events
        Rows of results/detections/events.csv.
    answers
        From `anurans.exports.answers.by_recording`.
    told
        What the name of each recording tells.
    """
    found = {cell: Judged() for cell in of.minutes}

    def at(recording: str, seconds: float) -> Judged | None:
        known = told.get(recording, {})
        cell = of.cell(known.get("site", ""), night_of(seconds=seconds, **clock_of(known)))
        return None if cell is None else found[cell]

    for event in events:
        place = at(event["recording"], float(event["start"]))
        if event["species"] == species and place is not None:
            place.open += answer_about(event, answers) is None
    for recording, mine in answers.items():
        for each in mine:
            place = at(recording, each.start)
            if each.species == species and each.answer == PRESENT and place is not None:
                place.confirmed = True
    return found


def confirmed_only(detected: Mapping[Cell, int], judged: Mapping[Cell, Judged]) -> dict[Cell, int]:
    """Histories of what a person confirmed.

    1 where a clip with calls was heard. 0 where nothing was detected, or all that was is rejected.
    Cells with detections that are still open are left out: whether the species was there is not
    known.
    """
    found = {}
    for cell, is_detected in detected.items():
        if judged[cell].confirmed:
            found[cell] = 1
        elif not is_detected or not judged[cell].open:
            found[cell] = 0
    return found


def states(detected: Mapping[Cell, int], judged: Mapping[Cell, Judged]) -> dict[Cell, int]:
    """States of a false-positive model (Miller et al. 2011, Ecology 92:1422; type 3 of occuFP).

    2 where a person confirmed it, 1 where the model alone heard it, 0 where neither did. What was
    rejected stays 1: the model's false alarms are estimated from these, and they were as likely
    where nobody has listened.
    """
    return {
        cell: CONFIRMED if judged[cell].confirmed else DOUBTFUL if is_detected else NOT_HEARD
        for cell, is_detected in detected.items()
    }


def days(of: Survey) -> dict[Cell, float]:
    """Days from the first night of the survey to the middle of each occasion, at every site."""
    if not of.occasions:
        return {}
    begin = Date.fromisoformat(min(of.of_night))

    def since(night: str) -> int:
        return (Date.fromisoformat(night) - begin).days

    middle = {each: (since(each.first) + since(each.last)) / 2 for each in of.occasions}
    return {cell: middle[cell[1]] for cell in of.minutes}


def sound_of_cells(
    of: Survey, drift: Iterable[Mapping[str, str]], sites: Mapping[str, str]
) -> tuple[dict[Cell, float], dict[Cell, float]]:
    """Noise, and share of recordings unlike those of training, by cell.

    Parameters
    ----------
    of
        The cells.
    drift
        Rows of results/monitoring/drift.csv.
    sites
        Site of each recording.

    Returns
    -------
    levels
        Mean of the recordings' median levels, in dB of full scale.
    outside
        Share of the recordings that are outside by sound.
    """
    levels: dict[Cell, list[float]] = defaultdict(list)
    outside: dict[Cell, list[bool]] = defaultdict(list)
    for row in drift:
        cell = of.cell(sites.get(row["recording"], ""), row["night"])
        if cell is not None:
            levels[cell].append(float(row["level"]))
            outside[cell].append(bool(set(row["outside"].split()).intersection(BY_SOUND)))
    mean = {cell: sum(values) / len(values) for cell, values in levels.items()}
    share = {cell: sum(values) / len(values) for cell, values in outside.items()}
    return mean, share


def matrix_columns(of: Survey) -> tuple[str, ...]:
    """Columns of a table of sites by occasions, which go by their first nights."""
    return "site", *(each.first for each in of.occasions)


def matrix_rows(
    of: Survey, values: Mapping[Cell, float], form: Callable[[float], str] = str, missing: str = NA
) -> Iterator[dict[str, str]]:
    """Rows of a table of sites by occasions.

    Parameters
    ----------
    of
        The cells.
    values
        Of those that have one.
    form
        Writes a value.
    missing
        Stands where there is none.
    """
    for site in of.sites:
        row = {"site": site}
        for occasion in of.occasions:
            value = values.get((site, occasion))
            row[occasion.first] = missing if value is None else form(value)
        yield row


def minutes_text(value: float) -> str:
    """Write minutes, to a tenth of a second."""
    return f"{value:.3f}"


def whole_text(value: float) -> str:
    """Write a whole number: more would tell where the sun sets, and so the place."""
    return f"{value:.0f}"
