"""Where each row of the summary comes from."""

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RUN = ("split", "backbone", "dataset", "recipe", "fold")


def file_digest(path: str | os.PathLike) -> str:
    """SHA-256 of a file."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def workflow_version(folder: str | os.PathLike = Path(__file__).parent) -> str:
    """Commit of the clone that a folder, by default this library's, is in; else empty.

    It ends in `-dirty` where files are not as that commit has them.
    """
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:  # no git
        return ""
    return done.stdout.strip()


def trace_run(
    run: Mapping[str, str],
    folder: str,
    made: Mapping[str, Any],
    metadata: Mapping[str, Any],
    network: str,
    evaluation: str,
    command: str,
) -> dict[str, Any]:
    """Tell where a run's rows come from.

    Parameters
    ----------
    run
        What it is: split, backbone, dataset, recipe, fold, experiments.
    folder
        Of its files.
    made
        Of its head, from `anurans.made.read_made`.
    metadata
        Of its scores.h5.
    network
        SHA-256 of the backbone's weights.
    evaluation
        Digest of the code that scored it.
    command
        That makes its rows again.
    """
    training = metadata["training"]
    files = {name: f"{folder}/{name}" for name in ("head.keras", "scores.h5", "metrics.tsv")}
    return {
        **run,
        "command": command,
        "files": {path: file_digest(path) for path in files.values()},
        "weights_sha256": made["weights_sha256"],
        "backbone_settings": metadata["embedding"]["backbone"],
        "backbone_sha256": network,
        "recipe_settings": training["recipe"],
        "seed": training["seed"],
        "code": {**metadata["code"], "evaluation": evaluation},
        "versions": metadata["versions"],
        **{key: made[key] for key in ("started", "seconds", "threads", "machine")},
    }


def told(run: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, str]:
    """Tell where a run's rows come from, for the report: title, command and text."""
    about = {key: value for key, value in run.items() if key != "command"}
    return {
        "title": ", ".join(run[key] for key in RUN[:-1]) + f", fold {run['fold']}",
        "command": run["command"],
        "text": json.dumps({"workflow": made["workflow"], **about}, indent=2, ensure_ascii=False),
    }
