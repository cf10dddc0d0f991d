"""Queues of clips to listen to: one row per clip and species, each of which stands alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anurans.common.tables import format_score
from anurans.recordings.times import hours_from_noon
from anurans.review.sampling import Sample, allocate, draw_sample, interleave

KINDS = ("check", "count", "doubt", "teach", "search")
CLIP = ("recording", "start", "end", "event_start", "event_end")
QUEUE = (
    *("queue", "kind", "question", "recording", "start", "end", "species", "stratum"),
    *("stratum_size", "stratum_drawn", "probability", "score", "model", "why"),
    *("event_start", "event_end", "fmin", "fmax"),
)
# How many clips of each stratum a recording has; and, as score_<species>, the sums of their scores.
FRAME = ("queue", "stratum", "recording", "clips")
BINS, FLOOR = 10, 0.05


@dataclass(frozen=True, slots=True)
class Clips:
    """Clips of new recordings that do not overlap.

    Attributes
    ----------
    recording, start, end : np.ndarray [shape=(n,)]
        Times in s from the start of the recording.
    species : tuple of str
    scores, probabilities : np.ndarray [shape=(n, species)]
        Mean of the folds' scores, and calibrated; NaN where a species has no calibrator.
    model
        Digest of the model.
    """

    recording: np.ndarray
    start: np.ndarray
    end: np.ndarray
    species: tuple[str, ...]
    scores: np.ndarray
    probabilities: np.ndarray
    model: str

    @property
    def chances(self) -> np.ndarray:
        """Probabilities, and scores where there are none [shape=(n, species)]."""
        return np.where(np.isnan(self.probabilities), self.scores, self.probabilities)


def draw_count(
    name: str, clips: Clips, n: int, seed: int
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Draw the clips from which the numbers of a season are made; see `anurans.review.sampling`.

    Each clip is asked about all species. Clips come in an order of which every beginning is a
    sample of its own, so that one may stop at any time.

    Parameters
    ----------
    name
        Of the queue.
    clips
        All that were recorded.
    n, seed
        Clips to draw, and of the draw.

    Returns
    -------
    queue, frame
        Rows of `QUEUE` and of `frame_columns`. The latter are what the counts of places stand on:
        they belong to the queue as it was drawn, and are kept with it.
    """
    sample = draw_sample(clips.chances, clips.species, n, seed)
    rows = []
    for number, at in enumerate(sample.chosen.tolist(), start=1):
        stratum = sample.stratum[at]
        size, drawn = int(sample.sizes[stratum]), int(sample.drawn[stratum])
        for column, species in enumerate(clips.species):
            rows.append(
                {
                    "queue": name,
                    "kind": "count",
                    "question": question(number),
                    "recording": clips.recording[at],
                    "start": float(clips.start[at]),
                    "end": float(clips.end[at]),
                    "species": species,
                    "stratum": sample.strata[stratum],
                    "stratum_size": size,
                    "stratum_drawn": drawn,
                    "probability": format_score(drawn / size),
                    "score": format_score(clips.scores[at, column]),
                    "model": clips.model,
                    "why": f"drawn at random: {drawn} of {size} clips of its kind",
                }
            )
    return rows, frame(name, clips, sample)


def frame_columns(species: Iterable[str]) -> tuple[str, ...]:
    """Columns of a frame."""
    return *FRAME, *(f"score_{code}" for code in species)


def frame(name: str, clips: Clips, sample: Sample) -> list[dict[str, object]]:
    """Count the clips of each stratum and recording, and add up the scores of each species."""
    recordings, where = np.unique(clips.recording.astype(str), return_inverse=True)
    cell = sample.stratum * len(recordings) + where
    cells, first, counts = np.unique(cell, return_index=True, return_counts=True)
    sums = [np.bincount(cell, of.astype(float))[cells].tolist() for of in clips.scores.T]
    return [
        {
            "queue": name,
            "stratum": sample.strata[sample.stratum[at]],
            "recording": str(clips.recording[at]),
            "clips": n,
        }
        | {
            f"score_{species}": format_score(total)
            for species, total in zip(clips.species, totals, strict=True)
        }
        for at, n, *totals in zip(first.tolist(), counts.tolist(), *sums, strict=True)
    ]


def draw_check(
    name: str, candidates: Sequence[Mapping[str, object]], n: int, seed: int
) -> list[dict[str, object]]:
    """Draw clips or events over score, site, night and hour, for thresholds and precision.

    Of each species as many of each tenth of its range of scores, from `FLOOR` up; within a tenth
    every so-maniest in the order of site, night and hour, from a random start (systematic sampling;
    Cochran 1977, chapter 8), so that each has the same probability of being drawn. What is drawn
    for several species is asked once.

    Parameters
    ----------
    name
        Of the queue.
    candidates
        Each a clip or event of one species: `recording`, `start`, `end`, `species`, `score`,
        `model`, and where they are known `site`, `night`, `hour` (HH), `event_start`, `event_end`,
        `fmin`, `fmax`.
    n, seed
        Rows to draw, dealt evenly among species, and of the draw.

    Returns
    -------
    list of dict
        Rows of `QUEUE`.
    """
    rng = np.random.default_rng(seed)
    species = sorted({str(row["species"]) for row in candidates})
    drawn: list[np.ndarray] = []
    about: dict[int, tuple[str, int, int]] = {}
    for place, code in enumerate(species):
        share = n // len(species) + (place < n % len(species))
        mine = [
            at
            for at, row in enumerate(candidates)
            if row["species"] == code and _number(row, "score") >= FLOOR
        ]
        if not mine:
            continue
        scores = np.array([_number(candidates[at], "score") for at in mine])
        edges = np.linspace(scores.min(), scores.max(), BINS + 1)
        which = np.clip(np.searchsorted(edges, scores, side="right") - 1, 0, BINS - 1)
        kept = [np.flatnonzero(which == bin_) for bin_ in range(BINS) if (which == bin_).any()]
        sizes = np.array([len(of) for of in kept])
        for of, k in zip(kept, allocate(sizes, 1 / sizes, share, minimum=0).tolist(), strict=True):
            if not k:
                continue
            spread = sorted((mine[at] for at in of), key=lambda at: _place(candidates[at]))
            every = len(spread) / k
            begin = rng.random()
            picked = [
                spread[min(int((step + begin) * every), len(spread) - 1)] for step in range(k)
            ]
            low, high = scores[of].min(), scores[of].max()
            stratum = f"{code} {low:.3f} to {high:.3f}"
            about |= dict.fromkeys(picked, (stratum, len(spread), k))
            drawn.append(rng.permutation(picked))
    numbers: dict[tuple[object, ...], int] = {}
    rows = []
    for at in interleave(drawn, rng).tolist():
        row, (stratum, size, k) = candidates[at], about[at]
        key = tuple(row.get(what) for what in CLIP)
        number = numbers.setdefault(key, len(numbers) + 1)
        given: dict[str, object] = {
            what: row.get(what) for what in (*CLIP, "species", "fmin", "fmax", "model")
        }
        given |= {"queue": name, "kind": "check", "question": question(number)}
        given |= {"stratum": stratum, "stratum_size": size, "stratum_drawn": k}
        given["probability"] = format_score(k / size)
        given["score"] = format_score(_number(row, "score"))
        given["why"] = f"one of {k} drawn from {size} of {row['species']} with scores like its own"
        rows.append(given)
    return sorted(rows, key=lambda row: (str(row["question"]), species.index(str(row["species"]))))


def lay_queue(
    name: str,
    kind: str,
    found: Iterable[Mapping[str, object]],
    species: Sequence[str] = (),
) -> list[dict[str, object]]:
    """Make a queue of what was not drawn but chosen: doubts, what to teach, what a search found.

    Parameters
    ----------
    name, kind
        Of the queue.
    found
        In the order of asking: any of the columns of `QUEUE`, `recording`, `start`, `end` and
        `species` at least. Rows of one clip are one question, at its first place.
    species
        Each clip is asked about all of these, for it to be annotated as a whole; by default about
        those that are named alone.

    Returns
    -------
    list of dict
        Rows of `QUEUE`; nothing has a probability of having been drawn.
    """
    asked: dict[tuple[object, ...], dict[str, dict[str, object]]] = {}
    for each in found:
        of = asked.setdefault(tuple(each[what] for what in CLIP[:3]), {})
        of.setdefault(str(each["species"]), {what: each[what] for what in QUEUE if what in each})
    rows = []
    for number, of in enumerate(asked.values(), start=1):
        own = {"queue": name, "kind": kind, "question": question(number)}
        first = next(iter(of.values()))
        common = {what: first[what] for what in (*CLIP, "model", "why") if what in first}
        for code in [*(species or of), *(code for code in of if species and code not in species)]:
            rows.append(of.get(code, common | {"species": code}) | own)
    return rows


def question(number: int) -> str:
    """Name of a question, such that names sort as they are asked."""
    return f"q{number:05d}"


def _number(row: Mapping[str, object], what: str) -> float:
    return float(str(row[what]))


def _place(row: Mapping[str, object]) -> tuple:
    hour = str(row.get("hour") or "")
    return (
        *(str(row.get("site") or ""), str(row.get("night") or "")),
        *(hours_from_noon(hour) if hour else -1.0, str(row["recording"]), _number(row, "start")),
    )
