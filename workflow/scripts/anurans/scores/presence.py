"""Models judged on whole recordings: does a species call anywhere in it?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anurans.scores.comparison import MODEL
from anurans.scores.metrics import average_precision_score, f1_score
from anurans.splits.splits import HELD_OUT

PRESENCE = (
    *(*MODEL, "subset", "species", "folds"),
    *("recordings", "present", "predicted", "average_precision", "f1", "precision", "recall"),
)
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of whole recordings of one part, of one species.

    Attributes
    ----------
    present, predicted : np.ndarray [shape=(n,), dtype=bool]
        Whether it calls, and whether a model says so of any clip.
    score : np.ndarray [shape=(n,)]
        The highest of the clips'.
    """

    present: np.ndarray
    predicted: np.ndarray
    score: np.ndarray


def hear(
    rows: Iterable[Row],
    subset: str,
    species: str,
    clips: Mapping[str, int],
    calling: Collection[str] = (),
) -> Heard:
    """Gather the clips of a part to recordings.

    Where a clip has a call, its recording has, as has one that somebody said so of; that a species
    is absent is known where all clips are, and none has. Other recordings are left out, as are
    those whose clips lie in several parts. Clips of which nobody knows whether they have a call are
    scored all the same.

    Parameters
    ----------
    rows
        Of `predictions.tsv`.
    subset
        The part.
    species
        One species.
    clips
        Number of clips of each recording.
    calling
        Recordings in which the species calls somewhere, whatever is known of their clips.
    """
    of: dict[str, list[Row]] = {}
    apart = set()
    for row in rows:
        if row["role"] != subset:
            apart.add(row["recording"])
        elif row["used"] == "1" or not row[f"label_{species}"]:
            of.setdefault(row["recording"], []).append(row)
    found = []
    for recording, part in sorted(of.items()):
        labels = [row[f"label_{species}"] for row in part]
        present = "1" in labels or recording in calling
        scores = [float(row[f"score_{species}"]) for row in part if row[f"score_{species}"]]
        is_known = present or (len(part) == clips[recording] and "" not in labels)
        if recording not in apart and is_known and scores:
            predicted = any(row[f"predicted_{species}"] == "1" for row in part)
            found.append((present, predicted, max(scores)))
    table = np.array(found, dtype=float).reshape(-1, 3)
    return Heard(table[:, 0] == 1, table[:, 1] == 1, table[:, 2])


def judge_presence(parts: Sequence[Heard], subset: str) -> dict[str, float | int | None]:
    """Judge a model on whole recordings.

    Parameters
    ----------
    parts
        Of each fold. Held-out parts are pooled, since each recording is judged once; of the test
        part, which every fold's model judges, scores are means.
    subset
        The part.

    Returns
    -------
    dict
        The columns of `PRESENCE` from `folds` on; None where a score is undefined.
    """
    folds = len(parts)
    if subset == HELD_OUT and parts:
        parts = [
            Heard(
                np.concatenate([part.present for part in parts]),
                np.concatenate([part.predicted for part in parts]),
                np.concatenate([part.score for part in parts]),
            )
        ]
    scored = [_score(part) for part in parts]
    counts = [(len(part.present), part.present.sum(), part.predicted.sum()) for part in parts]
    recordings, present, predicted = np.mean(counts, axis=0) if counts else (0, 0, 0)
    row: dict[str, float | int | None] = {
        "folds": folds,
        "recordings": int(recordings),
        "present": int(present),
        "predicted": round(float(predicted), 2),
    }
    for name in ("average_precision", "f1", "precision", "recall"):
        values = [value for each in scored if (value := each[name]) is not None]
        row[name] = float(np.mean(values)) if values else None
    return row


def _score(heard: Heard) -> dict[str, float | None]:
    hits = int((heard.present & heard.predicted).sum())
    present, predicted = int(heard.present.sum()), int(heard.predicted.sum())
    return {
        "average_precision": (
            average_precision_score(heard.present, heard.score) if present else None
        ),
        "f1": f1_score(heard.present, heard.predicted) if present else None,
        "precision": hits / predicted if predicted else None,
        "recall": hits / present if present else None,
    }
