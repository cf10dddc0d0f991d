"""How, when and where a head was trained, kept in its .keras file."""

import json
import os
import zipfile
from collections.abc import Mapping
from typing import Any

from anurans.common.errors import UserError

# A member of head.keras, which Keras leaves alone: what it says differs from one training to the
# next (times, the machine), as the .keras file does anyhow, and no table or shard holds it.
MADE = "made.json"


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
