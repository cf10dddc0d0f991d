"""How, when and where a head was trained, kept in its .keras file."""

import json
import os
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from anurans.common.errors import UserError
from anurans.common.machines import describe_machine

# A member of head.keras, which Keras leaves alone: what it says differs from one training to the
# next (times, the machine), as the .keras file does anyhow, and no table or shard holds it.
MADE = "made.json"


def describe_making(started: datetime, threads: int, weights_sha256: str) -> dict[str, Any]:
    """How a head was made that is done now.

    Parameters
    ----------
    started
        When its job began.
    threads
        Of the job.
    weights_sha256
        Digest of its weights.
    """
    return {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 3),
        "threads": threads,
        "machine": describe_machine(),
        "weights_sha256": weights_sha256,
    }


def add_made(path: str | os.PathLike, made: Mapping[str, Any]) -> None:
    """Put into a .keras file how it was made."""
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(MADE, json.dumps(made, indent=2) + "\n")


def read_made(path: str | os.PathLike) -> dict[str, Any]:
    """Read how a .keras file of the workflow was made.

    Raises
    ------
    UserError
        When it does not say.
    """
    try:
        with zipfile.ZipFile(path) as file:
            return json.loads(file.read(MADE))
    except (KeyError, ValueError, OSError, zipfile.BadZipFile):
        raise UserError(
            f"{path}: does not say how it was made: it is damaged, was saved again, or is older "
            "than this version. Delete it and run the same command again, which trains it anew."
        ) from None
