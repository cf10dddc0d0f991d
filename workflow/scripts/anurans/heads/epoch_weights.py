"""Heads of every epoch of a training, in an HDF5 file: weights alone, without optimiser state."""

import contextlib
import os
from collections.abc import Callable, Iterator

import h5py

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.heads.dense import Head


@contextlib.contextmanager
def kept_heads(path: str | os.PathLike) -> Iterator[Callable[[int, Head], None]]:
    """Open a file to keep heads in, whole or not at all; without any it holds no epochs.

    Parameters
    ----------
    path
        The file. Below `weights` it has one dataset for each weight of the head, by its name in
        Keras, with one row per epoch.

    Yields
    ------
    callable
        Called with the epoch, from 0 and in order, and the head as it is then.
    """
    with whole(path) as partial, h5py.File(partial, "w") as file:
        file.attrs["epochs"] = 0

        def keep(epoch: int, head: Head) -> None:
            for weight, value in head.weights.items():
                name = f"weights/{weight}"
                if not epoch:
                    shape = (0, *value.shape)
                    file.create_dataset(
                        name,
                        shape,
                        value.dtype,
                        maxshape=(None, *value.shape),
                        chunks=(1, *value.shape),
                        fletcher32=True,
                    )
                file[name].resize(epoch + 1, axis=0)
                file[name][epoch] = value
            file.attrs["epochs"] = epoch + 1

        yield keep


def set_epoch(head: Head, path: str | os.PathLike, epoch: int) -> None:
    """Give a head the weights that it had after an epoch.

    Parameters
    ----------
    head
        Of the same run and recipe.
    path
        From `kept_heads`.
    epoch
        Counted from 1, as in history.tsv.

    Raises
    ------
    UserError
        When that epoch was not kept.
    """
    with h5py.File(path) as file:
        kept = int(file.attrs["epochs"])
        if not 1 <= epoch <= kept:
            there = f"1 to {kept}" if kept else "none (the recipe needs save: all)"
            raise UserError(f"{path}: epoch {epoch} was not kept; epochs that were: {there}.")
        head.set_weights({name: file[f"weights/{name}"][epoch - 1] for name in head.weights})
