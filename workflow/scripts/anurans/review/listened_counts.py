"""Listened counts: clips with calls by season, month and site, from verdicts of count queues."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from anurans.common.errors import UserError
from anurans.review.stratified_counts import FEWEST, Count, Listened, count_clips
from anurans.review.verdicts import PRESENT, UNSURE, Verdict

COUNTS = (
    *("queue", "species", "by", "place", "clips", "answers", "unsure", "distorted", "present"),
    *("count", "lower", "upper", "share", "share_lower", "share_upper", "weight"),
    *("if_unsure_absent", "if_unsure_present", "note"),
)
BY = ("season", "month", "site")


def tabulate_counts(
    verdicts: Iterable[Verdict],
    frame: Sequence[Mapping[str, str]],
    places: Mapping[str, Mapping[str, str]],
    species: Sequence[str],
) -> list[dict[str, object]]:
    """Count the clips with calls of each count queue.

    Parameters
    ----------
    verdicts
        Of any queues; those of other kinds, and species that nobody was asked about, have no part.
    frame
        Rows of the frames of the queues (`anurans.review.queues.frame`).
    places
        `month` and `site` of each recording of the frames, empty where they are not known.
    species
        Codes.

    Returns
    -------
    list of dict
        Rows of `COUNTS`, with a note and no number where there is none.

    Raises
    ------
    UserError
        When a queue has no frame, or is of another season.
    """
    of: dict[str, list[Verdict]] = {}
    for one in verdicts:
        if one.row["kind"] == "count" and one.asked:
            of.setdefault(one.row["queue"], []).append(one)
    rows: list[dict[str, object]] = []
    for queue, given in sorted(of.items()):
        mine = [row for row in frame if row["queue"] == queue]
        if not mine:
            raise UserError(
                f"No frame of queue {queue} is there, which says how many clips were not drawn; "
                "expected the file that was written with the queue. Restore it."
            )
        if not any(row["recording"] in places for row in mine):
            raise UserError(
                f"Queue {queue} was drawn from other recordings: none of them is named under "
                "detection.recordings any more. Keep a folder for each season, each with its "
                "results, or leave its verdicts out of review.verdicts."
            )
        for name in species:
            about = [one for one in given if one.species == name]
            if f"score_{name}" in mine[0]:
                rows += _of_species(queue, name, about, mine, places)
            else:
                rows.append(_not_asked(queue, name, mine))
    return rows


def _of_species(
    queue: str,
    species: str,
    verdicts: list[Verdict],
    frame: Sequence[Mapping[str, str]],
    places: Mapping[str, Mapping[str, str]],
) -> Iterable[dict[str, object]]:
    """Rows of one queue and species: the season, then months and sites."""
    strata = sorted({row["stratum"] for row in frame})
    at = np.array([strata.index(row["stratum"]) for row in frame])
    clips = np.array([int(row["clips"]) for row in frame])
    scores = np.array([float(row[f"score_{species}"]) for row in frame])
    sizes = np.bincount(at, clips, minlength=len(strata))
    stratum = np.array([strata.index(one.row["stratum"]) for one in verdicts], dtype=int)
    score = np.array([float(one.row["score"]) for one in verdicts])
    answers = np.array([one.answer for one in verdicts], dtype=object)
    poor = np.array([one.row["quality"].strip() == "distorted" for one in verdicts], dtype=bool)
    for by in BY:
        where = [_place(row["recording"], by, places) for row in frame]
        heard = np.array([_place(one.row["recording"], by, places) for one in verdicts], object)
        for place in sorted(set(where)):
            cells = np.array([name == place for name in where])
            inside = heard == place
            total, summed = int(clips[cells].sum()), float(scores[cells].sum())
            row: dict[str, object] = {"queue": queue, "species": species, "by": by}
            row |= {"place": place, "clips": total}
            unsure = answers == UNSURE
            row |= {
                "answers": int((inside & ~unsure).sum()),
                "unsure": int((inside & unsure).sum()),
                "distorted": int((inside & poor).sum()),
                "present": int((inside & (answers == PRESENT)).sum()),
            }

            def counted(kept, present, inside=inside, total=total, summed=summed) -> Count:
                of = Listened(stratum[kept], present[kept].astype(float), score[kept], sizes)
                return count_clips(of, inside[kept], total, summed)

            note = _why_not(row, strata, stratum[~unsure])
            if not note:
                sure = counted(~unsure, answers == PRESENT)
                row |= _numbers(sure, total)
                everything = np.ones(len(answers), dtype=bool)
                row["if_unsure_absent"] = counted(everything, answers == PRESENT).count
                row["if_unsure_present"] = counted(everything, answers != "absent").count
            yield row | {"note": note}


def _not_asked(queue: str, species: str, frame: Iterable[Mapping[str, str]]) -> dict[str, object]:
    """Row of a species that the config has now, and had not when the queue was drawn."""
    clips = sum(int(row["clips"]) for row in frame)
    row: dict[str, object] = {"queue": queue, "species": species, "by": "season", "place": "all"}
    row |= dict.fromkeys(("answers", "unsure", "distorted", "present"), 0)
    return row | {"clips": clips, "note": "not asked about in this queue; draw another round"}


def _place(recording: str, by: str, places: Mapping[str, Mapping[str, str]]) -> str:
    """Season, month or site of a recording, whether or not it is in the season still."""
    return "all" if by == "season" else places.get(recording, {}).get(by, "") or "unknown"


def _why_not(row: Mapping[str, object], strata: Sequence[str], answered: np.ndarray) -> str:
    """Say why there is no number, empty where there is one."""
    missing = [name for at, name in enumerate(strata) if not (answered == at).any()]
    if missing:
        return f"no answer in {', '.join(missing)}: go on with the queue"
    answers = int(str(row["answers"]))
    # Who has heard all there is has counted it.
    if answers < FEWEST and answers < int(str(row["clips"])):
        return f"fewer than {FEWEST} answers"
    return ""


def _numbers(found: Count, clips: int) -> dict[str, object]:
    ends = {"": found.count, "_lower": found.lower, "_upper": found.upper}
    numbers: dict[str, object] = {name.strip("_") or "count": of for name, of in ends.items()}
    numbers |= {f"share{name}": of / clips for name, of in ends.items()}
    return numbers | {"weight": found.weight}
