"""What a run has made, as digests: two runs are the same where these are equal."""

import hashlib
import io
import zipfile
from pathlib import Path

import h5py
import numpy as np

# Times are not the same twice.
TIMED = ("benchmarks", "costs")


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below results/, of networks and heads that of their weights.

    Left out are what tells times, and hidden files.
    """
    results = folder / "results"
    found = {}
    for path in sorted(results.rglob("*")):
        parts = path.relative_to(results).parts
        timed = path.stem in TIMED or parts[0] in TIMED
        if path.is_file() and not timed and not path.name.startswith("."):
            found["/".join(parts)] = digest(path)
    return found


def digest(path: Path) -> str:
    """SHA-256 of a file; of the weights alone of a .keras file, whose zip holds times."""
    if path.suffix != ".keras":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    with zipfile.ZipFile(path) as archive:
        weights = io.BytesIO(archive.read("model.weights.h5"))
    found = hashlib.sha256()
    with h5py.File(weights) as file:

        def add(name, item):
            if isinstance(item, h5py.Dataset):
                value = np.asarray(item)
                found.update(f"{name} {value.dtype.str} {value.shape}".encode() + value.tobytes())

        file.visititems(add)
    return found.hexdigest()


def partials(folder: Path) -> list[str]:
    """Files that were being written."""
    return sorted(str(path.relative_to(folder)) for path in folder.glob("results/**/.*"))
