"""Rows of embedding shards, in any order, read when they are asked for.

A training goes through its embeddings again and again in another order. They stay on disk, in the
system's own cache, where they are there for all trainings of a machine at once: a job takes the
same memory however many there are. A row is stored as it is, so that its place is enough to read
it; checksums are looked at once, when the rows are opened.
"""

import copy
import math
import os
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from anurans.sounds.shards import open_shard

# Files that are held open; a system allows a process some hundreds.
OPEN = 128
# Bytes that are read at a time, where rows are read in their order, and fewest rows of these: a
# head of many units costs more to go through than a few rows are worth.
READ, LEAST = 1 << 20, 16


class Embedded(Protocol):
    """Embeddings [shape=(n, width)]: an array, or rows that are read when they are asked for."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> np.dtype: ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: np.ndarray | slice) -> np.ndarray: ...


class OpenFiles:
    """Files that are read at places of them, a number of them held open.

    Parameters
    ----------
    paths
        The files, which are opened when they are read.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._open: OrderedDict[int, int] = OrderedDict()

    def read(self, file: int, into: np.ndarray, place: int) -> None:
        """Fill an array with what stands at a place, in bytes, of the file of a number.

        Raises
        ------
        OSError
            When the file has become shorter.
        """
        if os.preadv(self._handle(file), [into.data], place) != into.nbytes:
            raise OSError(f"{self._paths[file]}: was changed while it was read")

    def _handle(self, file: int) -> int:
        if file not in self._open:
            if len(self._open) >= OPEN:
                os.close(self._open.popitem(last=False)[1])
            self._open[file] = os.open(self._paths[file], os.O_RDONLY)
        return self._open[file]

    def __del__(self) -> None:
        for handle in getattr(self, "_open", {}).values():
            os.close(handle)


class Rows:
    """Rows of one or more shards.

    Indexed by an array of numbers or a slice, it gives an array [shape=(n, width)]. A clip of a
    shard of windows [shape=(clips, windows, width)] has a row for each window, one after the other.

    Parameters
    ----------
    wanted
        Pairs of a shard's path and which of its clips are wanted, one after the other.
    order
        Where each of these clips stands in what is given; by default as they come.
    pooled
        Whether a clip has one row, the mean of its windows.

    Raises
    ------
    UserError
        When a shard is damaged.
    """

    def __init__(
        self,
        wanted: Sequence[tuple[str, np.ndarray]],
        order: np.ndarray | None = None,
        pooled: bool = False,
    ) -> None:
        self._paths = [path for path, _ in wanted]
        files = [np.full(len(rows), file) for file, (_, rows) in enumerate(wanted)]
        places, self.dtype = [], np.dtype("float32")
        shape: tuple[int, ...] = (0,)
        for path, rows in wanted:
            found, shape, self.dtype = _places(path)
            places.append(found[rows])
        self._file = np.concatenate([np.empty(0, int), *files])
        self._place = np.concatenate([np.empty(0, int), *places])
        if order is not None:
            self._file, self._place = self._file[order], self._place[order]
        windows, self._width = shape[:-1], shape[-1]
        self._pooled = windows[0] if windows and pooled else 0
        if windows and not pooled:
            steps = np.arange(windows[0]) * self._width * self.dtype.itemsize
            self._file = np.repeat(self._file, windows[0])
            self._place = (self._place[:, None] + steps).ravel()
        self._files = OpenFiles(self._paths)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows, and of values in each."""
        return len(self._place), self._width

    def __len__(self) -> int:
        return len(self._place)

    def __getitem__(self, rows: np.ndarray | slice) -> np.ndarray:
        files, places = self._file[rows], self._place[rows]
        found = np.empty((len(places), self._pooled or 1, self._width), self.dtype)
        for file, place, row in zip(files.tolist(), places.tolist(), found, strict=True):
            self._files.read(file, row, place)
        return found.mean(axis=1, dtype=np.float32) if self._pooled else found[:, 0]

    def take(self, rows: np.ndarray) -> "Rows":
        """Some of the rows, by number or as a mask [shape=(n,), dtype=bool]."""
        some = copy.copy(self)
        some._file, some._place = self._file[rows], self._place[rows]
        some._files = OpenFiles(self._paths)
        return some


def rows_at_a_time(width: int, itemsize: int) -> int:
    """How many rows of so many values to read at a time, where they are read in their order."""
    return max(LEAST, READ // max(1, width * itemsize))


def _places(path: str) -> tuple[np.ndarray, tuple[int, ...], np.dtype]:
    """Where each clip of a shard begins in its file; every checksum is looked at on the way."""
    with open_shard(path) as shard:
        shape = shard.data.shape[1:]
        for _ in shard.batches(rows_at_a_time(math.prod(shape), shard.data.dtype.itemsize)):
            pass
        return shard.data.places, shape, shard.data.dtype
