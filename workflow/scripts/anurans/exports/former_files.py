"""Files of former exports: what another config has left in results/exports/."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from anurans.common.errors import UserError
from anurans.common.tables import read_table

FOLDER = "results/exports"
LIST = f"{FOLDER}/exports.csv"
OCCUPANCY = f"{FOLDER}/occupancy"
COVARIATES = ("minutes", "day", "after_sunset", "level", "drift")
PACKAGE = ("datapackage.json", "deployments.csv", "media.csv", "observations.csv")
PACKAGES = (f"{FOLDER}/season", f"{FOLDER}/annotations")
# Each has a file for every species.
HISTORIES = (OCCUPANCY, f"{OCCUPANCY}/confirmed", f"{OCCUPANCY}/states")
FIXED = frozenset(
    (
        *(f"{FOLDER}/{name}" for name in ("activity.csv", "raven.txt", "kaleidoscope.csv")),
        *(f"{FOLDER}/{name}" for name in ("occurrences.csv", "left_out.csv")),
        *(f"{OCCUPANCY}/covariates/{name}.csv" for name in (*COVARIATES, "sites", "occasions")),
        *(f"{folder}/{name}" for folder in PACKAGES for name in PACKAGE),
    )
)
# Those within others come first.
FOLDERS = (*HISTORIES[1:], f"{OCCUPANCY}/covariates", OCCUPANCY, *PACKAGES, FOLDER)
LISTED = ("export", "made", "reason", "removed", "file")
FORMER, NOT_MADE = "a file of another config", "this config does not make it"
# As `anurans.common.files.whole` calls what a killed job leaves.
_PARTIAL = re.compile(r"\.partial-.+?-\d+-(.+)")


def read_list(path: str) -> list[dict[str, str]]:
    """Read the list of the exports before; empty where there is none that can be read."""
    with suppress(UserError, OSError):
        return read_table(path, needs=("made", "file"))
    return []


def files_there(place: Callable[[str], str]) -> list[str]:
    """Files in the folders that exports are written to.

    Parameters
    ----------
    place
        Says where a file of the results lies.
    """
    return [
        f"{folder}/{path.name}"
        for folder in FOLDERS
        if Path(place(folder)).is_dir()
        for path in sorted(Path(place(folder)).iterdir())
        if path.is_file()
    ]


def find_former(
    there: Iterable[str], listed: Iterable[Mapping[str, str]], made: Collection[str]
) -> list[str]:
    """Name the files that exports have written, and that the config does not make now.

    A file is theirs by a name that nothing else has. Histories go by the codes of species, which
    may be anything: those alone are theirs that the list before says were made. All else is the
    user's.

    Parameters
    ----------
    there
        From `files_there`.
    listed
        Rows of the list before.
    made
        Files that the config makes.

    Returns
    -------
    list of str
        Those that are there, and those that the list before says were removed, so that the list
        stays as it is when they are gone. One that is there although it was removed stands twice,
        so that it is removed again.
    """
    listed, there = list(listed), set(there)
    known = {
        row["file"] for row in listed if row["made"] == "yes" and _folder(row["file"]) in HISTORIES
    }
    left = {file for file in there if file in known or _is_ours(file)}
    removed = {row["file"] for row in listed if row.get("removed") == "yes"}
    # Whoever edits the list does not reach other folders.
    inside = {file for file in removed if _folder(file) in FOLDERS}
    gone = {file for file in inside if file not in there or _is_ours(file)}
    kept = {*made, LIST}
    return sorted(file for file in (*left, *gone) if _finished(file) not in kept)


def remove(files: Iterable[str], home: Path) -> list[str]:
    """Remove files of former exports, and the folders that this leaves empty.

    Parameters
    ----------
    files
        From `find_former`.
    home
        Where results/exports lies.

    Returns
    -------
    list of str
        Those that were there.
    """
    found = []
    for file in sorted(set(files)):
        with suppress(FileNotFoundError):
            (home / PurePosixPath(file).relative_to(FOLDER)).unlink()
            found.append(file)
    for folder in FOLDERS[:-1] if found else ():
        with suppress(OSError):  # what is the user's is in it
            (home / PurePosixPath(folder).relative_to(FOLDER)).rmdir()
    return found


def list_rows(
    exports: Iterable[Mapping[str, str]], former: Iterable[str]
) -> Iterator[dict[str, str]]:
    """Rows of `LISTED`: what the config makes or does not, and what was removed of former ones."""
    removed = set(former)
    for row in exports:
        is_removed = row["file"] in removed
        removed.discard(row["file"])
        yield {**row, "removed": "yes" if is_removed else ""}
    for file in sorted(removed):
        yield {"export": FORMER, "made": "no", "reason": NOT_MADE, "removed": "yes", "file": file}


def _is_ours(file: str) -> bool:
    """Whether nothing but an export has such a name; what a killed job has left of one, too."""
    finished = _finished(file)
    return finished in FIXED or (finished != file and _folder(finished) in HISTORIES)


def _finished(file: str) -> str:
    """Name that a partial file would have had."""
    path = PurePosixPath(file)
    match = _PARTIAL.fullmatch(path.name)
    return str(path.with_name(match[1])) if match else file


def _folder(file: str) -> str:
    return str(PurePosixPath(file).parent)
