"""Shards: HDF5 files with one row of data per clip, the clip table, and where they come from.

Every byte is accounted for. The rows lie one after the other in one stretch of the file, so that
some are read without the others, and each has a checksum, compared when it is read. All the rest
(clip table, metadata, checksums, HDF5's own structures) has one SHA-256, compared before HDF5 sees
the file: a flipped bit there can make HDF5 read other rows, or crash. It stands in the file's first
512 bytes, which HDF5 leaves to its users. Files hold no times, so that the same work gives the same
bytes.
"""

import contextlib
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.recordings.clips import COLUMNS, ClipTable

HEADER = 512
ADVICE = "delete it and run the same command again, which makes it anew"


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Rows of a shard's data, read from disk, and held against their checksums, when indexed.

    Indexed by a number, a slice, or increasing numbers, as `h5py.Dataset` is.
    """

    path: str | os.PathLike
    data: h5py.Dataset
    checksums: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, and the shape of one."""
        return self.data.shape

    @property
    def dtype(self) -> np.dtype:
        """Type of the values."""
        return self.data.dtype

    @property
    def places(self) -> np.ndarray:
        """Where each row begins in the file, in bytes, for those who read it without HDF5."""
        size = self.data.nbytes // max(1, len(self.data))
        return (self.data.id.get_offset() if size else 0) + size * np.arange(len(self.data))

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, rows) -> np.ndarray:
        expected = self.checksums[rows]
        try:
            found = self.data[rows]
        except OSError as error:
            raise UserError(
                f"{self.path}: this shard cannot be read ({error}); {ADVICE}."
            ) from None
        if not np.array_equal(_checksums(found.reshape(-1, *self.shape[1:])), expected.ravel()):
            raise UserError(f"{self.path}: this shard is damaged; {ADVICE}.")
        return found


@dataclass(frozen=True, slots=True)
class Shard:
    """An open shard: its clip table, its metadata, and the data, read from disk when sliced."""

    clips: ClipTable
    metadata: dict[str, Any]
    data: CheckedRows

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Read the data `size` clips at a time."""
        for first in range(0, len(self.clips), size):
            yield self.data[first : first + size]


def versions(*libraries: str) -> dict[str, str]:
    """Versions of installed libraries, by name."""
    return {library: version(library) for library in libraries}


def extend(
    metadata: Mapping[str, Any],
    stage: str,
    settings: Mapping[str, Any],
    code: str,
    *libraries: str,
) -> dict[str, Any]:
    """Add to a source's metadata what one more stage did: settings, code digest, libraries."""
    return {
        **metadata,
        stage: dict(settings),
        "code": {**metadata.get("code", {}), stage: code},
        "versions": {**metadata.get("versions", {}), **versions(*libraries)},
    }


def write_shard(
    path: str | os.PathLike,
    clips: ClipTable,
    batches: Iterable[np.ndarray],
    shape: tuple[int, ...],
    dtype: str,
    metadata: Mapping[str, Any],
) -> None:
    """Write a shard, whole or not at all.

    Parameters
    ----------
    path
        The file.
    clips
        The clip table.
    batches
        Arrays [shape=(n, *shape)] that together have one row per clip.
    shape
        Shape of a clip's data.
    dtype
        Type of the data.
    metadata
        What the data come from; anything that JSON can hold.

    Raises
    ------
    ValueError
        When there are not as many rows as clips.
    TypeError
        When they are of another kind of number.
    """
    text = json.dumps(metadata, sort_keys=True, ensure_ascii=False).encode()
    checksums = np.empty(len(clips), np.uint32)
    with whole(path) as partial:
        # Readers want nothing of HDF5 that a version of it may write in another way.
        with h5py.File(partial, "w", userblock_size=HEADER, libver="earliest") as file:
            data = file.create_dataset("data", (len(clips), *shape), dtype, fill_time="never")
            done = 0
            for batch in batches:
                # As it will be read, since its checksum is of that.
                batch = batch.astype(data.dtype, casting="same_kind", copy=False)
                if done + len(batch) <= len(clips):
                    data[done : done + len(batch)] = batch
                    checksums[done : done + len(batch)] = _checksums(batch)
                done += len(batch)
            if done != len(clips):
                raise ValueError(f"{path}: {done} rows of data for {len(clips)} clips")
            for name, values in _encode(clips).items():
                file[f"clips/{name}"] = values
            file["metadata"] = np.frombuffer(text, dtype=np.uint8)
            file["checksums"] = checksums
            stretch = (data.id.get_offset(), data.nbytes) if data.nbytes else (HEADER, 0)
        with partial.open("r+b") as file:
            header = _header(file, *stretch)
            file.seek(0)
            file.write(header)


@contextlib.contextmanager
def open_shard(path: str | os.PathLike) -> Iterator[Shard]:
    """Open a shard to read, after checking all of it but its data.

    Raises
    ------
    UserError
        When the file is damaged; damage of the data itself is found when it is read.
    """
    try:
        intact = _is_intact(path)
    except OSError as error:
        raise UserError(
            f"{path}: this shard cannot be opened ({error.strerror}); {ADVICE}."
        ) from None
    if not intact:
        raise UserError(f"{path}: this shard is damaged; {ADVICE}.")
    with h5py.File(path, "r") as file:
        table = {name: file[f"clips/{name}"][()] for name in COLUMNS}
        metadata = json.loads(file["metadata"][()].tobytes())
        yield Shard(
            _decode(table), metadata, CheckedRows(path, file["data"], file["checksums"][()])
        )


def _is_intact(path: str | os.PathLike) -> bool:
    """Tell whether a file is a shard, and all of it but its data as it was written."""
    with Path(path).open("rb") as file:
        header = file.read(HEADER)
        try:
            offset, size = (int(number) for number in header.split()[2:4])
        except ValueError:
            return False
        # Any number may stand there; one that is wrong gives another header.
        within = HEADER <= offset <= offset + size <= os.fstat(file.fileno()).st_size
        return within and header == _header(file, offset, size)


def _header(file: BinaryIO, offset: int, size: int) -> bytes:
    """First bytes of a shard: where its data lie, and the digest of all that follows but these."""
    digest = hashlib.sha256()
    file.seek(HEADER)
    digest.update(file.read(offset - HEADER))
    file.seek(offset + size)
    digest.update(file.read())
    return f"anurans shard {offset} {size} {digest.hexdigest()}\n".encode().ljust(HEADER, b"\0")


def _checksums(rows: np.ndarray) -> np.ndarray:
    """CRC-32 of each row: any change of up to 32 bits in a row gives another one."""
    return np.array([zlib.crc32(row) for row in np.ascontiguousarray(rows)], dtype=np.uint32)


def _encode(clips: ClipTable) -> dict[str, np.ndarray]:
    table = {}
    for name, kind in COLUMNS.items():
        values = getattr(clips, name)
        if kind is str:
            # A fixed width of at least one byte: HDF5 has no empty strings.
            encoded = [value.encode() for value in values]
            width = max(map(len, encoded), default=0) or 1
            values = np.array(encoded, dtype=f"S{width}")
        table[name] = values
    return table


def _decode(table: Mapping[str, np.ndarray]) -> ClipTable:
    return ClipTable(
        *(_texts(table[name]) if kind is str else table[name] for name, kind in COLUMNS.items())
    )


def _texts(column: np.ndarray) -> np.ndarray:
    # One text for all its clips, not one for each: recordings and techniques have many.
    known: dict[bytes, str] = {}
    for value in column.tolist():
        if value not in known:
            known[value] = value.decode()
    return np.array([known[value] for value in column.tolist()], dtype=object)
