"""Where each row of the summary comes from."""

import hashlib
import json
import os
import re
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

    It ends in `-dirty` where files are not as that commit has them. Where the library was taken out
    of a repository, `rules/places.smk` has named a folder by the commit.
    """
    for part in Path(folder).parts[-5:]:
        if re.fullmatch(r"[0-9a-f]{40}", part):
            return part[:12]
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
    files: Mapping[str, str],
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
        Of its files, as results name it.
    files
        Where each of these lies: a job's copy, where results are in an object storage.
    made
        Of its head, from `anurans.heads.origin.read_made`.
    metadata
        Of its scores.h5.
    network
        SHA-256 of the backbone's weights, as exported; where `metadata` tells that of the file that
        they come from, it is that.
    evaluation
        Digest of the code that scored it.
    command
        That makes its rows again.
    """
    training, embedding = metadata["training"], metadata["embedding"]
    return {
        **run,
        "command": command,
        "files": {f"{folder}/{name}": file_digest(path) for name, path in files.items()},
        "weights_sha256": made["weights_sha256"],
        "backbone_settings": embedding["backbone"],
        "backbone_sha256": embedding.get("source_sha256", network),
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
