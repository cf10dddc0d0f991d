"""What people answered about clips and events of new recordings, as far as exports need it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anurans.common.errors import UserError, listing
from anurans.common.tables import read_table
from anurans.recordings.times import union

NEEDED = ("recording", "start", "end", "species", "answer", "who")
PRESENT, ABSENT, UNSURE = "present", "absent", "unsure"
ANSWERS = (PRESENT, ABSENT, UNSURE)
# Times are written with 6 decimals.
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, order=True)
class Answer:
    """What somebody heard of a species from `start` to `end` (s) of a recording."""

    recording: str
    start: float
    end: float
    species: str
    answer: str
    who: str

    def touches(self, start: float, end: float) -> bool:
        """Whether it shares time with a stretch of the recording."""
        return self.start < end and start < self.end


def read_answers(paths: Iterable[str | Path]) -> list[Answer]:
    """Read tables of verdicts.

    Parameters
    ----------
    paths
        .csv or .tsv tables with the columns `NEEDED`, and any others.

    Returns
    -------
    list of Answer
        Sorted. Rows without an answer are questions that nobody has answered, and no part of it.

    Raises
    ------
    UserError
        With every line that is wrong.
    """
    found, problems = [], []
    for path in paths:
        for line, row in enumerate(read_table(path, needs=NEEDED), start=2):
            if not row["answer"].strip():
                continue
            if row["answer"].strip() not in ANSWERS:
                expected = ", ".join(ANSWERS)
                problems.append(f"{path}, line {line}: answer {row['answer']!r}, not {expected}.")
                continue
            try:
                times = float(row["start"]), float(row["end"])
            except ValueError:
                problems.append(f"{path}, line {line}: start and end must be numbers of s.")
                continue
            texts = (row[key].strip() for key in ("species", "answer", "who"))
            found.append(Answer(row["recording"].strip(), *times, *texts))
    if problems:
        raise UserError(f"The verdicts have mistakes:\n{listing(problems)}")
    return sorted(set(found))


def settle(answers: Iterable[Answer]) -> list[Answer]:
    """Settle what several people answered about the same clip and species.

    What most of them say holds, without those who were unsure; `who` names those who say it. Where
    as many say the one as the other, it is unsure.
    """
    by_clip: dict[tuple[str, float, float, str], list[Answer]] = {}
    for each in answers:
        by_clip.setdefault((each.recording, each.start, each.end, each.species), []).append(each)
    found = []
    for clip, of in sorted(by_clip.items()):
        votes = {kind: [e.who for e in of if e.answer == kind] for kind in ANSWERS}
        first, second = len(votes[PRESENT]), len(votes[ABSENT])
        kind = PRESENT if first > second else ABSENT if second > first else UNSURE
        who = votes[kind] or votes[UNSURE] or [each.who for each in of]
        found.append(Answer(*clip, kind, " | ".join(sorted({name for name in who if name}))))
    return found


def by_recording(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """Deal answers to their recordings."""
    found: dict[str, list[Answer]] = {}
    for each in answers:
        found.setdefault(each.recording, []).append(each)
    return found


def answer_about(
    event: Mapping[str, str], answers: Mapping[str, Sequence[Answer]]
) -> Answer | None:
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
