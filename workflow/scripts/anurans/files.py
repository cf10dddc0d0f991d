"""Files that appear whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole(path: str | os.PathLike) -> Iterator[Path]:
    """Give a path beside `path` to write to, and rename it to `path` when all went well.

    Parameters
    ----------
    path
        Where the finished file shall stand. Missing folders are made.

    Yields
    ------
    pathlib.Path
        The partial file, removed if the block raises.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The ending stays the same: Keras and soundfile choose the format by it.
    partial = path.with_name(f".partial-{os.getpid()}-{path.name}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
