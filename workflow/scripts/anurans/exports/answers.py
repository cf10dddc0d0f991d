"""What people answered about clips, one answer for each, and what it says of events."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from anurans.recordings.times import union
from anurans.review.verdicts import ABSENT, PRESENT, Answer, answer_of_most

SETTLED = ("recording", "start", "end", "species", "answer", "who")
# Times are written with 6 decimals.
DECIMALS, TOLERANCE = 6, 1e-6
BETWEEN_NAMES = " | "


@dataclass(frozen=True, slots=True, order=True)
class Settled:
    """What people together say of a species from `start` to `end` (s) of a recording.

    Attributes
    ----------
    answer
        `present`, `absent` or `unsure`.
    who
        Those who say it; everybody, where nobody does: as many say yes as no.
    """

    recording: str
    start: float
    end: float
    species: str
    answer: str
    who: str

    def touches(self, start: float, end: float) -> bool:
        """Whether it shares time with a stretch of the recording."""
        return self.start < end and start < self.end


def settle(answers: Iterable[Answer]) -> list[Settled]:
    """Settle what was answered about the same clip and species, in whichever queues.

    Of the answers of one person the latest counts, and then the answer of most people, as of one
    question (`anurans.review.verdicts`): a clip may be drawn for several queues.

    Returns
    -------
    list of Settled
        Sorted.
    """
    of: dict[tuple[str, float, float, str], dict[str, Answer]] = {}
    for one in sorted(answers, key=lambda one: one.row["answered_at"]):
        start, end = (round(float(one.row[key]), DECIMALS) for key in ("start", "end"))
        clip = one.row["recording"], start, end, one.row["species"]
        of.setdefault(clip, {})[one.who] = one
    found = []
    for clip, by_person in sorted(of.items()):
        answer = answer_of_most(by_person.values())
        agree = sorted(who for who, one in by_person.items() if one.answer == answer)
        found.append(Settled(*clip, answer, BETWEEN_NAMES.join(agree or sorted(by_person))))
    return found


def settled_rows(settled: Iterable[Settled]) -> Iterator[dict[str, object]]:
    """Rows of `SETTLED`."""
    for each in settled:
        yield asdict(each)


def read_settled(rows: Iterable[Mapping[str, str]]) -> list[Settled]:
    """Read what `settled_rows` gave."""
    return [
        Settled(
            row["recording"],
            float(row["start"]),
            float(row["end"]),
            *(row[column] for column in SETTLED[3:]),
        )
        for row in rows
    ]


def by_recording(answers: Iterable[Settled]) -> dict[str, list[Settled]]:
    """Deal answers to their recordings."""
    found: dict[str, list[Settled]] = {}
    for each in answers:
        found.setdefault(each.recording, []).append(each)
    return found


def answer_about(
    event: Mapping[str, str], answers: Mapping[str, Sequence[Settled]]
) -> Settled | None:
    """What was answered about an event, a row of results/detections/events.csv.

    One clip with calls that it shares time with confirms it. It is rejected where clips without
    calls cover all of it: one of them says little about an event of minutes. Else None.

    Parameters
    ----------
    event
        Its `recording`, `species`, `start` and `end`.
    answers
        From `by_recording`.
    """
    start, end = float(event["start"]), float(event["end"])
    mine = [
        each
        for each in answers.get(event["recording"], ())
        if each.species == event["species"] and each.touches(start, end)
    ]
    confirmed = [each for each in mine if each.answer == PRESENT]
    if confirmed:
        return confirmed[0]
    absent = [each for each in mine if each.answer == ABSENT]
    spans = union((each.start, each.end) for each in absent)
    covers = any(low <= start + TOLERANCE and high >= end - TOLERANCE for low, high in spans)
    return absent[0] if covers else None
