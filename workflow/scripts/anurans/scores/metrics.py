"""F1, precision, recall, average precision and area under the ROC curve, of all that is scored.

As scikit-learn defines them; tests hold these functions to it, ties included. They are written
here because a job that scores a run takes half a second, and loading scikit-learn would take twice
that, and because scikit-learn knows no thousand weightings at once, which intervals need.
"""

import numpy as np


def precision_recall_curve(
    truth: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision and recall where each score is the threshold.

    Parameters
    ----------
    truth : np.ndarray [shape=(n,), dtype=bool]
        With at least one positive.
    scores : np.ndarray [shape=(n,)]

    Returns
    -------
    precision, recall : np.ndarray [shape=(m + 1,)]
        The last are 1 and 0.
    thresholds : np.ndarray [shape=(m,)]
        Distinct scores, rising.
    """
    hits, called, thresholds = _counts(truth, scores)
    precision, recall = hits / called, hits / hits[-1]
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), thresholds[::-1]


def average_precision_score(truth: np.ndarray, scores: np.ndarray) -> float:
    """Mean of the precision over the recall that each threshold gains.

    Examples
    --------
    >>> average_precision_score(np.array([True, False, True]), np.array([0.9, 0.5, 0.1]))
    0.8333333333333333
    """
    precision, recall, _ = precision_recall_curve(truth, scores)
    return float(max(0.0, -np.sum(np.diff(recall) * precision[:-1])))


def average_precision(labels: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Average precision under several weightings of the same clips, as scikit-learn defines it.

    Parameters
    ----------
    labels : np.ndarray [shape=(n,), dtype=bool]
    scores : np.ndarray [shape=(n,)]
    weights : np.ndarray [shape=(draws, n)]
        How often each clip counts.

    Returns
    -------
    np.ndarray [shape=(draws,)]
        NaN where no positive counts.
    """
    if not len(labels):
        return np.full(len(weights), np.nan)
    order = np.argsort(-scores, kind="stable")
    weights = weights[:, order]
    # Clips of equal score are let in together.
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    hits = np.cumsum(weights * labels[order], axis=1)[:, last]
    found = np.cumsum(weights, axis=1)[:, last]
    steps = np.diff(hits, axis=1, prepend=0)
    total = hits[:, -1]
    area = (steps * hits / np.maximum(found, 1)).sum(axis=1)
    return np.where(total > 0, area / np.maximum(total, 1), np.nan)


def roc_auc_score(truth: np.ndarray, scores: np.ndarray) -> float:
    """Area under the ROC curve; `truth` holds both classes.

    Examples
    --------
    >>> roc_auc_score(np.array([True, False, True]), np.array([0.9, 0.5, 0.1]))
    0.5
    """
    hits, called, _ = _counts(truth, scores)
    alarms = called - hits
    hits, alarms = np.append(0, hits) / hits[-1], np.append(0, alarms) / alarms[-1]
    return float(np.trapezoid(hits, alarms))


def f1_score(truth: np.ndarray, predicted: np.ndarray) -> float:
    """F1 of decisions; 0 without positives.

    Parameters
    ----------
    truth, predicted : np.ndarray [shape=(n,), dtype=bool]

    Examples
    --------
    >>> f1_score(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    """
    sums = (truth & predicted).sum(), truth.sum(), predicted.sum()
    return float(np.nan_to_num(f1_of_sums(*sums)))


def f1_of_sums(hits: np.ndarray, positives: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """F1 of sums over clips, 2 hits / (positives + predicted); NaN without positives.

    Parameters
    ----------
    hits, positives, predicted : np.ndarray [shape=(..., species)]
        True positives, positives and predicted positives.
    """
    f1 = 2 * hits / np.maximum(positives + predicted, 1)
    return np.where(positives > 0, f1, np.nan)


def _counts(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positives, and clips, at or above each distinct score, which fall."""
    order = np.argsort(-scores, kind="stable")
    scores, truth = scores[order], truth[order]
    last = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    return np.cumsum(truth)[last], last + 1, scores[last]
