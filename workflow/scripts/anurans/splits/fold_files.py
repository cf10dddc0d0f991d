"""The table of a split by file: the fold of each recording, and which were made together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from anurans.common.errors import UserError, listing
from anurans.common.tables import read_table
from anurans.recordings.matching import by_name, find_named

TEST, ALL = "test", "all"
FOLD = re.compile(r"[1-9]\d{0,3}")
EXPECTED = f"{TEST}, or 1, 2, ... (or, without folds, {ALL})"


class Row(NamedTuple):
    """A line of the table."""

    line: int
    recording: str
    fold: str
    group: str


class Dealt(NamedTuple):
    """Where a recording was dealt: `test`, `all` or a fold, and what it stays together with."""

    fold: str
    group: str


@dataclass(frozen=True, slots=True)
class FoldFile:
    """A table of folds as it was read; names are as they stand there."""

    path: str
    rows: tuple[Row, ...]

    @property
    def folds(self) -> int:
        """Number of folds; 0 where recordings are for one plain training."""
        return max((int(row.fold) for row in self.rows if row.fold not in (TEST, ALL)), default=0)

    def contradiction(self, split: str, folds: int) -> str:
        """A sentence where the config gives another number of folds than the file has, or none."""
        if folds == self.folds:
            return ""
        has = f"deals folds 1 to {self.folds}" if self.folds else f"deals no folds but {ALL}"
        return (
            f"splits.{split}.folds: found {folds}, but {self.path} {has}; remove folds, whose "
            "number the file gives, or correct the file."
        )


def read_fold_file(path: str) -> FoldFile:
    """Read a table with the columns `recording`, `fold` and optionally `group`.

    It is read once: again only when it has changed.

    Raises
    ------
    UserError
        With every line that is wrong.
    """
    try:
        stat = Path(path).stat()
        version = (stat.st_mtime_ns, stat.st_size)
    except OSError:  # which reading tells
        version = (0, 0)
    return _read(path, version)


@lru_cache(maxsize=16)
def _read(path: str, version: tuple[int, int]) -> FoldFile:
    rows = []
    for line, row in enumerate(read_table(path, ("recording", "fold")), start=2):
        cells = (row.get(key, "").strip() for key in ("recording", "fold", "group"))
        rows.append(Row(line, *cells))
    problems = [
        f"{path}, line {row.line}: fold is {row.fold!r}; expected {EXPECTED}."
        for row in rows
        if row.fold not in (TEST, ALL) and not FOLD.fullmatch(row.fold)
    ]
    refuse_wrong(path, problems)
    folds = {int(row.fold) for row in rows if row.fold not in (TEST, ALL)}
    if folds and any(row.fold == ALL for row in rows):
        problems.append(f"{path}: has folds by number and {ALL}; expected {EXPECTED}.")
    elif folds == {1}:
        problems.append(
            f"{path}: has only one fold, so nothing is left to train on; expected two or more, or "
            f"{ALL}."
        )
    elif folds and len(folds) < max(folds):
        gap = next(fold for fold in count(1) if fold not in folds)
        problems.append(
            f"{path}: no recording is in fold {gap}, but some in fold {max(folds)}; number the "
            "folds 1, 2, ... without a gap."
        )
    refuse_wrong(path, problems)
    return FoldFile(path, tuple(rows))


def deal(file: FoldFile, recordings: Iterable[str]) -> dict[str, Dealt]:
    """Find each recording in a table of folds.

    The table may name recordings by id, by audio file, or by its path; those that are not there
    do not matter. Without a group, a recording is one.

    Parameters
    ----------
    file
        The table.
    recordings
        Ids of all recordings.

    Returns
    -------
    dict
        Of the recordings that the table names.

    Raises
    ------
    UserError
        With every line that gives a recording, or a group, a second fold.
    """
    ids = by_name(recordings)
    first: dict[tuple[str, str], Row] = {}
    found: dict[str, Dealt] = {}
    problems = []
    for row in file.rows:
        recording = find_named(row.recording, ids)
        group = row.group or recording or row.recording
        for what, name in (("recording", recording or row.recording), ("group", group)):
            before = first.setdefault((what, name), row)
            if before.fold != row.fold:
                shown = row.recording if what == "recording" else f"group {name}"
                problems.append(
                    f"{file.path}, line {row.line}: {shown} is in fold {before.fold} already "
                    f"(line {before.line})."
                )
                break
            if what == "recording" and before.group != row.group:
                problems.append(
                    f"{file.path}, line {row.line}: {row.recording} is in group "
                    f"{before.group or 'of its own'} already (line {before.line})."
                )
                break
        if recording is not None:
            found.setdefault(recording, Dealt(row.fold, group))
    refuse_wrong(file.path, problems)
    return found


def refuse_wrong(path: str, problems: list[str]) -> None:
    """Raise a UserError that lists what is wrong in a table of folds, if anything is."""
    if problems:
        raise UserError(f"The table of folds {path} has mistakes:\n{listing(problems)}")
