"""What jobs took, as Snakemake's benchmark files tell it, and what a network costs in all."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from anurans.common.tables import read_table

COSTS = (
    *("backbone", "takes", "weights", "clips", "values_per_clip"),
    *("seconds_embedding", "ms_per_clip", "mb_embedding", "mb_disk"),
    *("trainings", "seconds_training", "mb_training"),
)


def read_spent(path: str | os.PathLike) -> dict[str, float] | None:
    """What the last run of a job took.

    Returns
    -------
    dict or None
        `s`, seconds by the clock; `cpu_time`, seconds of the processor; `max_rss`, MB at the peak;
        those that were measured. None without a benchmark file.
    """
    if not Path(path).is_file():
        return None
    rows = read_table(path)
    found = {}
    for key in ("s", "cpu_time", "max_rss"):
        try:
            found[key] = float(rows[-1][key])
        except (KeyError, IndexError, ValueError):
            continue
    return found


def cost_row(
    backbone: str,
    about: Mapping[str, str],
    clips: int,
    shards: Sequence[str | os.PathLike],
    values: int,
    embedded: Sequence[Mapping[str, float] | None],
    trained: Sequence[Mapping[str, float] | None],
) -> dict[str, object]:
    """Row of results/tables/costs.csv: what one network took, from image or sound to head.

    Parameters
    ----------
    backbone
        Its name.
    about
        `takes` (image or sound) and `weights`.
    clips
        Clips and copies that were embedded.
    shards
        Files of their embeddings.
    values
        Values of a clip's embedding, of all its windows.
    embedded, trained
        What each job took, from `read_spent`; None where that is not known.

    Returns
    -------
    dict
        The columns of `COSTS`; None where nothing was measured. Times are of the processor where
        that was measured, else of the clock.
    """
    seconds = [_time(of) for of in embedded if of]
    training = [_time(of) for of in trained if of]
    whole = sum(seconds) if len(seconds) == len(embedded) else None
    return {
        "backbone": backbone,
        **about,
        "clips": clips,
        "values_per_clip": values,
        "seconds_embedding": whole,
        "ms_per_clip": 1000 * whole / clips if whole is not None and clips else None,
        "mb_embedding": _largest(embedded),
        "mb_disk": sum(Path(path).stat().st_size for path in shards) / 1e6,
        "trainings": len(trained),
        "seconds_training": median(training) if training else None,
        "mb_training": _largest(trained),
    }


def _time(of: Mapping[str, float]) -> float:
    return of.get("cpu_time", of.get("s", 0.0))


def _largest(spent: Sequence[Mapping[str, float] | None]) -> float | None:
    return max((of["max_rss"] for of in spent if of and "max_rss" in of), default=None)
