"""What a config would take, in the words of a user: runs, clips and disk."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import soundfile as sf

from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.plan.costs import ASSUMED_LENGTH, Costs, experiment_rows, size, table_text

# Columns of results/checks/runs.csv.
COLUMNS = ("split", "backbone", "dataset", "recipe", "folds", "experiments")
SHOWN = 30


def tell_runs(
    runs: Sequence[Mapping[str, str]], models: Sequence[Mapping[str, str]], path: str
) -> Iterator[str]:
    """Lines about what is trained.

    Parameters
    ----------
    runs
        As `anurans.plan.costs.experiment_rows` takes them.
    models
        The same with folds in one row, which stand in the table at `path`.
    """
    experiments = experiment_rows(runs)
    yield f"{counted(len(runs), 'run')} in {counted(len(experiments), 'experiment')}"
    yield ""
    yield from table_text(experiments, list(experiments[0]))
    yield ""
    yield from table_text(models[:SHOWN], COLUMNS)
    if models[SHOWN:]:
        yield f"... and {len(models) - SHOWN} lines more."
    yield f"All of them: {path}"


def tell_clips(clips: Mapping[str, int], recordings: int, told: str, at_most: bool) -> str:
    """Say how many clips there are, of how many recordings; `told` is of `read_durations`."""
    what = ", ".join(f"{number} {technique}" for technique, number in clips.items())
    copied = ", at most" if at_most else ""
    return f"Clips{copied}: {what}; of {counted(recordings, 'recording')}{told}."


def tell_disk(
    costs: Costs, runs: Sequence[Mapping[str, str]], sr: int, keep: bool
) -> Iterator[str]:
    """Lines about what lies on the disk in the end, and what does meanwhile.

    Parameters
    ----------
    costs, runs
        Of the config.
    sr
        Of the audio that is drawn, in Hz.
    keep
        Whether the audio of clips is kept.
    """
    disk = costs.disk(runs)
    disk.append({"what": "together", "how": "", "bytes": sum(row["bytes"] for row in disk)})
    yield "Disk, without audio of clips, tables and figures:"
    shown = [{"what": row["what"], "bytes": size(row["bytes"]), "how": row["how"]} for row in disk]
    yield from table_text(shown, ["what", "bytes", "how"])[1:]
    temporary = costs.temporary(runs, sr)
    most = size(temporary)
    if not temporary:
        yield "No audio of clips is written: networks that take sound read the recordings."
    elif keep:
        yield f"Besides {most} of audio of clips, which clips.keep keeps."
    else:
        yield (
            f"Meanwhile at most {most} of audio of clips, deleted once it is drawn. Networks that "
            "take sound read the recordings as they go, and add nothing."
        )


def read_durations(
    recordings: Sequence[Mapping[str, Any]], tables: Sequence[str]
) -> tuple[list[float], str]:
    """Length of each usable recording (s), and how it is known, in words.

    From the tables of an earlier run, else from the headers of files that exist.

    Parameters
    ----------
    recordings
        Each with `recording`, its id, and `path`.
    tables
        Files that inspections make; they need not exist.
    """
    rows = [row for path in tables if Path(path).exists() for row in read_table(path)]
    known = {row["recording"]: float(row["duration_s"]) for row in rows if row["status"] == "ok"}
    unusable = {row["recording"] for row in rows} - known.keys()
    assumed = 0
    for each in recordings:
        if each["recording"] in known or each["recording"] in unusable:
            continue
        try:
            known[each["recording"]] = sf.info(each["path"]).duration
        except (sf.LibsndfileError, OSError):
            known[each["recording"]] = ASSUMED_LENGTH
            assumed += 1
    names = [each["recording"] for each in recordings if each["recording"] in known]
    if not assumed:
        return [known[name] for name in names], ""
    unread = "none of which can" if assumed == len(names) else f"{assumed} of which cannot"
    return [
        known[name] for name in names
    ], f", {unread} be read yet and count as {ASSUMED_LENGTH:g} s"
