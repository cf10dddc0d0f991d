"""Embeddings in the type that they are stored in."""

from collections.abc import Iterable, Iterator

import numpy as np

from anurans.common.errors import UserError


def narrow(batches: Iterable[np.ndarray], dtype: str, path: str) -> Iterator[np.ndarray]:
    """Bring embeddings to the type that they are stored in.

    Parameters
    ----------
    batches
        Arrays [shape=(n, ...), dtype=float32].
    dtype
        `float16` or `float32`.
    path
        What they are made of, for messages.

    Yields
    ------
    np.ndarray [shape=(n, ...)]

    Raises
    ------
    UserError
        When a value is larger than the type holds.
    """
    for batch in batches:
        with np.errstate(over="ignore"):
            narrowed = batch.astype(dtype)
        if not np.isfinite(narrowed).all():
            raise UserError(
                f"{path}: embeddings reach {np.abs(batch).max():.3g}, more than {dtype} holds; set "
                "embedding.dtype: float32 in the config."
            )
        yield narrowed
