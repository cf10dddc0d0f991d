"""The command line that a run was called with, as far as it decides what comes out."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path


def command(configfiles: Sequence[str | os.PathLike], settings: Sequence[str], target: str) -> str:
    """Write down the command that makes a file again, in a clone of the project.

    Parameters
    ----------
    configfiles
        Those named on the command line, none where the config is the project's own.
    settings
        `key=value` of the command line's `--config`.
    target
        The file.
    """
    here = Path.cwd()
    paths = [Path(path) for path in configfiles]
    paths = [path.relative_to(here) if path.is_relative_to(here) else path for path in paths]
    words = ["snakemake", "--cores", "1"]
    for option, values in (("--configfile", map(str, paths)), ("--config", settings)):
        if values := list(values):
            words += [option, *values]
    return shlex.join([*words, "--", target])
