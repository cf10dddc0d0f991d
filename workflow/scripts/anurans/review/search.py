"""Clips that sound most like an example, by their embeddings."""

from collections.abc import Sequence

import numpy as np

# Clips that are compared at a time: of many windows and wide embeddings, 100 MB or so.
BLOCK = 4096
WAYS = ("cosine", "standardised")


def nearness(example: np.ndarray, clips: np.ndarray, way: str = "cosine") -> np.ndarray:
    """Say how near each clip is to an example.

    A clip is as near as the nearest of its windows to any window of the example.

    Parameters
    ----------
    example : np.ndarray [shape=(m, width)]
        Embeddings of the windows of one sound, or of several.
    clips : np.ndarray [shape=(n, windows, width)]
        Of the clips; [shape=(n, width)] where a network takes a clip as a whole.
    way
        `cosine`, the cosine of the angle; or `standardised`, the same after each value of the
        embeddings has mean 0 and deviation 1 over the clips, so that values which are large
        everywhere do not outweigh the others.

    Returns
    -------
    np.ndarray [shape=(n,)]
        1 for the same sound, lower for others.
    """
    windows = clips[:, None] if clips.ndim == 2 else clips
    flat = windows.reshape(-1, windows.shape[-1])
    middle, spread = np.zeros(1), np.ones(1)
    if way == "standardised":
        middle, spread = flat.mean(axis=0, dtype=float), flat.std(axis=0, dtype=float)
        spread = np.where(spread > 0, spread, 1.0)
    wanted = _unit((example - middle) / spread)
    near = np.empty(len(windows))
    for first in range(0, len(windows), BLOCK):
        block = windows[first : first + BLOCK]
        found = _unit((block - middle) / spread) @ wanted.T
        near[first : first + BLOCK] = found.max(axis=(1, 2))
    return near


def nearest(
    example: np.ndarray, clips: np.ndarray, n: int, way: str = "cosine"
) -> tuple[np.ndarray, np.ndarray]:
    """Find the clips that are nearest to an example.

    Parameters are those of `nearness`, and `n`, how many to find.

    Returns
    -------
    at, near : np.ndarray [shape=(n,)]
        Numbers of the clips, the nearest first, and how near they are.
    """
    near = nearness(example, clips, way)
    at = np.argsort(-near, kind="stable")[:n]
    return at, near[at]


def recall_at(
    labels: np.ndarray, order: np.ndarray, depths: Sequence[int] = (10, 100)
) -> list[float]:
    """Say which share of the clips with calls is among the first of an order.

    Parameters
    ----------
    labels : np.ndarray [shape=(n,), dtype=bool]
        The example itself left out.
    order : np.ndarray [shape=(n,), dtype=int]
        The nearest first.
    depths
        How many of the first are looked at.

    Returns
    -------
    list of float
        Of as many clips as could be among so many; NaN without any.

    Examples
    --------
    >>> recall_at(np.array([True, False, True, True]), np.array([0, 1, 2, 3]), (1, 2, 4))
    [1.0, 0.5, 1.0]
    """
    found = np.cumsum(labels[order])
    total = int(labels.sum())
    return [
        float(found[min(k, len(order)) - 1] / min(k, total)) if total else float("nan")
        for k in depths
    ]


def _unit(rows: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.where(length > 0, length, 1.0)
