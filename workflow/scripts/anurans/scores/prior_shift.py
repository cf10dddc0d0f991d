"""How common calls are in new clips, by expectation maximisation: shown beside the expected count.

The count itself comes of the mean probability (`anurans.scores.probabilities`): in simulated
seasons EM errs less where a model tells well and calls are rare, and finds too many where it tells
little, where its intervals hold the truth too seldom (docs/statistics.md has the table).
"""

import numpy as np

ROUNDS, ENOUGH = 1000, 1e-6


def prevalence_by_em(
    probabilities: np.ndarray, prior: float, weights: np.ndarray | None = None
) -> float:
    """Estimate the share of clips with calls.

    Saerens, Latinne & Decaestecker 2002 (Adjusting the outputs of a classifier to new a priori
    probabilities, Neural Computation 14(1), eq. 2.9): probabilities that are right where a share of
    `prior` has calls are put to the share that the last round found, whose mean is the next.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n,)]
        Calibrated.
    prior
        Share with calls of the clips that they were calibrated on; above 0 and below 1.
    weights : np.ndarray [shape=(n,)], optional
        How many clips each stands for; by default one.

    Returns
    -------
    float
        NaN without clips.

    Examples
    --------
    >>> round(prevalence_by_em(np.array([0.99, 0.01, 0.01, 0.01]), 0.5), 2)
    0.24
    """
    counts = np.ones(len(probabilities)) if weights is None else weights
    if not counts.sum():
        return float("nan")
    share = prior
    for _ in range(ROUNDS):
        with_calls = probabilities * share / prior
        without = (1 - probabilities) * (1 - share) / (1 - prior)
        both = with_calls + without
        # A clip that is surely the one where surely nothing is of that kind says nothing.
        posterior = np.divide(with_calls, both, out=np.zeros_like(both), where=both > 0)
        found = float(posterior @ counts / counts.sum())
        if abs(found - share) < ENOUGH:
            break
        share = found
    return found
