"""Shards: HDF5 files with one row of data per clip, the clip table, and where they come from.

One clip per chunk, since training reads clips in any order; a checksum on every chunk; and one
SHA-256 over clip table and metadata, which the checksums do not cover. Files hold no times, so
that the same work gives the same bytes.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import h5py
import numpy as np

from anurans.clips import COLUMNS, ClipTable
from anurans.errors import UserError
from anurans.files import whole


@dataclass(frozen=True, slots=True)
class Shard:
    """An open shard: its clip table, its metadata, and the data, read from disk when sliced."""

    clips: ClipTable
    metadata: dict[str, Any]
    data: h5py.Dataset

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
    """
    table = _encode(clips)
    text = json.dumps(metadata, sort_keys=True, ensure_ascii=False).encode()
    with whole(path) as partial, h5py.File(partial, "w") as file:
        data = file.create_dataset(
            "data",
            (len(clips), *shape),
            dtype=dtype,
            chunks=(1, *shape) if len(clips) else None,
            fletcher32=bool(len(clips)),
        )
        done = 0
        for batch in batches:
            if done + len(batch) <= len(clips):
                data[done : done + len(batch)] = batch
            done += len(batch)
        if done != len(clips):
            raise ValueError(f"{path}: {done} rows of data for {len(clips)} clips")
        for name, values in table.items():
            file[f"clips/{name}"] = values
        file["metadata"] = np.frombuffer(text, dtype=np.uint8)
        file.attrs["sha256"] = _digest(table, text, data)


@contextlib.contextmanager
def open_shard(path: str | os.PathLike) -> Iterator[Shard]:
    """Open a shard to read, after checking its clip table and metadata.

    Raises
    ------
    UserError
        When the file is damaged; damage of the data itself is found when it is read.
    """
    advice = "delete it and run the same command again, which makes it anew"
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise UserError(f"{path}: this shard cannot be opened ({error}); {advice}.") from None
    with file:
        try:
            table = {name: file[f"clips/{name}"][()] for name in COLUMNS}
            text = file["metadata"][()].tobytes()
            data = file["data"]
            intact = file.attrs["sha256"] == _digest(table, text, data)
            intact &= len(data) == len(table["clip"])
        except (KeyError, OSError, ValueError, TypeError, AttributeError, RuntimeError):
            # Whatever h5py makes of a damaged header.
            intact = False
        if not intact:
            raise UserError(f"{path}: this shard is damaged; {advice}.")
        try:
            yield Shard(_decode(table), json.loads(text), data)
        except OSError as error:
            if "filter" in str(error) or "read data" in str(error).lower():
                raise UserError(f"{path}: this shard is damaged ({error}); {advice}.") from None
            raise


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
        *(
            np.array([value.decode() for value in table[name].tolist()], dtype=object)
            if kind is str
            else table[name]
            for name, kind in COLUMNS.items()
        )
    )


def _digest(table: Mapping[str, np.ndarray], metadata: bytes, data: h5py.Dataset) -> str:
    digest = hashlib.sha256(metadata)
    # The checksums of the chunks cover neither how many there are nor how they are read.
    digest.update(repr((data.shape, data.dtype.str, data.chunks, data.fletcher32)).encode())
    for name in COLUMNS:
        digest.update(name.encode() + table[name].dtype.str.encode() + table[name].tobytes())
    return digest.hexdigest()
