"""Thresholds for a wanted precision, from clips that the models did not learn from."""

import numpy as np

# Above any score: of a species that never reaches the precision nothing is called positive.
NEVER = 2.0


def threshold_for_precision(labels: np.ndarray, scores: np.ndarray, precision: float) -> float:
    """Find the lowest threshold at which the share of true ones is as wanted.

    Parameters
    ----------
    labels : np.ndarray [shape=(n,), dtype=bool]
    scores : np.ndarray [shape=(n,)]
    precision
        Above 0 and below 1.

    Returns
    -------
    float
        Halfway between the score that it just lets in and the next lower one; `NEVER` where no
        threshold has that precision.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    hits = np.cumsum(labels[order])
    # Clips of one score are let in together.
    last = np.flatnonzero(np.append(ranked[:-1] != ranked[1:], len(ranked) > 0))
    good = last[hits[last] >= precision * (last + 1) - 1e-9]
    if not len(good):
        return NEVER
    at = good[-1]
    lower = ranked[at + 1] if at + 1 < len(ranked) else 0.0
    return float((ranked[at] + lower) / 2)
