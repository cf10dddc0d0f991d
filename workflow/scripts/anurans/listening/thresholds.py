"""Thresholds of a detector: tuned, checked by people, or for a precision; and what they call."""

from collections.abc import Mapping, Sequence

import numpy as np

from anurans.common.tables import format_score
from anurans.listening.detector import by_fold
from anurans.scores.calibration import calibrate_unseen
from anurans.scores.curves import Scored
from anurans.scores.evaluation import HALF, Part, tune_apart, tune_threshold
from anurans.scores.intervals import draw_groups
from anurans.scores.probabilities import DRAWS, Separation, measure_separation
from anurans.scores.wanted_precision import NEVER, threshold_for_precision
from anurans.splits.splits import REFIT


def tuned_rows(
    folds: Sequence[str],
    tables: Sequence[Sequence[Mapping[str, str]]],
    held_out: Scored,
    species: Sequence[str],
) -> list[dict[str, str]]:
    """Rows of the tuned thresholds of a detector.

    Parameters
    ----------
    folds
        Of the detector.
    tables
        The thresholds.tsv of each fold's run.
    held_out
        Clips of all folds, each as the fold scores it that did not learn from it. The one
        threshold of a refit is tuned on these, since it left no clip out.
    species
        In the order of the columns.
    """
    if REFIT not in folds:
        return by_fold(folds, tables)
    rows = []
    for column, name in enumerate(species):
        of = held_out.about(column)
        threshold = tune_threshold(of.labels[:, 0], of.scores[:, 0])
        told = {"source": "default" if threshold is None else "tuned"}
        told["threshold"] = format_score(HALF if threshold is None else threshold)
        rows.append({"species": name, "fold": REFIT} | told)
    return rows


def checked_rows(
    found: Mapping[str, Mapping[str, str]], tuned: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """Rows of one threshold for all folds where people's answers tell it, else those of each.

    Parameters
    ----------
    found
        Of species that people told of, a `threshold` and the `queue` that it comes from.
    tuned
        From `tuned_rows`.
    """
    rows = []
    for row in tuned:
        checked = found.get(row["species"])
        of = {}
        if checked is not None:
            of = {"threshold": checked["threshold"], "source": f"checked, {checked['queue']}"}
        rows.append(dict(row) | of)
    return rows


def precise_rows(
    held_out: Scored, species: Sequence[str], folds: Sequence[str], precision: float
) -> tuple[list[dict[str, str]], list[str]]:
    """Rows of one threshold for all folds, on the clips that each of them did not see.

    Parameters
    ----------
    held_out
        Clips of all folds, each as the fold scores it that did not learn from it.
    species
        In the order of the columns.
    folds
        Of the detector.
    precision
        That is wanted.

    Returns
    -------
    rows, told
        And a line for people of each species.
    """
    rows, told = [], []
    for column, name in enumerate(species):
        of = held_out.about(column)
        labels, scores = of.labels[:, 0], of.scores[:, 0]
        threshold = threshold_for_precision(labels, scores, precision)
        source = "unreachable" if threshold == NEVER else f"precision {precision:g}"
        if threshold == NEVER:
            told.append(
                f"warning: {name} never has a precision of {precision:g} on held-out clips; no "
                "clip is called positive"
            )
        else:
            share = (labels & (scores >= threshold)).sum() / max(1, labels.sum())
            told.append(f"{name}: threshold {threshold:.4f}, recall {share:.3f} on held-out clips")
        about = {"species": name, "source": source, "threshold": format_score(threshold)}
        rows += [about | {"fold": fold} for fold in folds]
    return rows, told


def called(of: Scored, name: str, rows: Sequence[Mapping[str, str]]) -> np.ndarray:
    """Which held-out clips of a species are called positive [shape=(n,), dtype=bool].

    A threshold for all folds is that of the first of the rows.
    """
    first = next(row for row in rows if row["species"] == name)
    threshold = float(first["threshold"])
    if first["source"] not in ("tuned", "default"):
        return of.scores[:, 0] >= threshold
    if first["fold"] != REFIT:
        return of.predicted[:, 0]
    # It was tuned on these very clips: each is called by one that its own group did not tune.
    part = Part(of.labels, of.scores, of.recordings, of.groups)
    return (of.scores >= tune_apart(part, part, [threshold]))[:, 0]


def separate(of: Scored, positive: np.ndarray, seed: int) -> Separation:
    """What probabilities clips of groups get from calibrators that did not see these groups."""
    labels, scores = of.labels[:, 0], of.scores[:, 0]
    names, row = np.unique(of.groups.astype(str), return_inverse=True)
    unseen = calibrate_unseen(labels, scores, row)
    known = np.isfinite(unseen)
    draws = draw_groups(len(names), DRAWS, seed)
    return measure_separation(labels[known], unseen[known], row[known], draws, positive[known])
