"""What the models doubt of the annotations, out of the clips that they were held out from."""

from collections.abc import Mapping, Sequence

import numpy as np

from anurans.common.tables import format_score
from anurans.recordings.names import start_of
from anurans.review.suspicions import WRONG, find_suspicions
from anurans.scores.calibration import calibrate_unseen


def find_doubts(
    rows: Sequence[Mapping[str, str]],
    species: Sequence[str],
    names: Mapping[str, str],
    length: float,
    model: str,
) -> list[dict[str, object]]:
    """Find the labels that held-out scores contradict.

    Parameters
    ----------
    rows
        Of `predictions.tsv`, of all folds: the clips that each fold's model was held out from.
    species
        Codes; one without a label of either kind, or of which nothing could be calibrated, is not
        doubted.
    names
        Of the species, for people; empty where the config has none.
    length
        Of a clip, in s.
    model
        What the scores are of, by name.

    Returns
    -------
    list of dict
        For `anurans.review.queues.lay_queue`, the largest effect first.
    """
    recordings = np.array([row["recording"] for row in rows], dtype=object)
    _, groups = np.unique(np.array([row["group"] for row in rows]), return_inverse=True)
    starts = np.array([start_of(row["clip"]) for row in rows])
    labels = np.zeros((len(rows), len(species)), dtype=bool)
    chances = np.full((len(rows), len(species)), np.nan)
    for column, name in enumerate(species):
        known = np.array([bool(row[f"label_{name}"] and row[f"score_{name}"]) for row in rows])
        at = np.flatnonzero(known)
        mine = [rows[each] for each in at.tolist()]
        given = np.array([row[f"label_{name}"] == "1" for row in mine], dtype=bool)
        scores = np.array([float(row[f"score_{name}"]) for row in mine])
        labels[at, column] = given
        if given.any() and not given.all():
            chances[at, column] = calibrate_unseen(given, scores, groups[at])
    found = []
    for one in find_suspicions(labels, chances, recordings, starts, length):
        name, chance = species[one.column], float(chances[one.at, one.column])
        called = names.get(name) or name
        more = f", and in {one.neighbours} clips beside it" if one.neighbours else ""
        annotated = "is annotated here" if one.kind == WRONG else "is not annotated here"
        why = f"{called} {annotated}{more}; models that did not learn from it give it {chance:.2f}"
        start = float(starts[one.at])
        found.append(
            {
                "recording": recordings[one.at],
                "start": start,
                "end": start + length,
                "species": name,
                "stratum": one.kind,
                "score": format_score(chance),
                "model": model,
                "why": why,
            }
        )
    return found
