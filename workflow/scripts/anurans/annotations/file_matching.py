"""Which recording a file of annotations, or a row of a table, belongs to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from anurans.annotations.rows import WORKBOOKS
from anurans.common.errors import UserError, listing
from anurans.common.wording import counted
from anurans.recordings.matching import find_named, find_owner, folder_of, means, same_end
from anurans.recordings.names import walk

# Files of the first endings are read where a recording has others beside them.
SUFFIXES = (".txt", ".csv", ".tsv")
OTHERS = (".textgrid", ".srt", ".vtt", *WORKBOOKS)


@dataclass(frozen=True, slots=True)
class MatchedFiles:
    """Files of a folder of annotations.

    Attributes
    ----------
    of
        That of each recording that has one.
    strangers
        Those that belong to no recording.
    beside
        Why each one that is not read, of a recording that has several, is not.
    """

    of: dict[str, Path]
    strangers: list[str]
    beside: dict[str, str]


def match_files(folder: Path, ids: Mapping[str, str], statements: Iterable[Path]) -> MatchedFiles:
    """Find the file of each recording in a folder, searched recursively.

    Parameters
    ----------
    folder
        Where annotations are.
    ids
        Recordings by name, from `anurans.recordings.matching.by_name`.
    statements
        Tables that may lie in the folder too, and are of no recording.

    Raises
    ------
    UserError
        When a recording has more than one.
    """
    found: dict[str, list[Path]] = {}
    strangers: list[str] = []
    beside: dict[str, str] = {}
    others = {path.resolve() for path in statements}
    for path in walk(folder, SUFFIXES + OTHERS, "annotations.source"):
        recording = find_owner(path.relative_to(folder).as_posix(), ids)
        if recording is None and path.resolve() in others:
            continue
        if recording is None:
            strangers.append(str(path))
        else:
            found.setdefault(recording, []).append(path)
    for recording, paths in found.items():
        first = [path for path in paths if path.name.lower().endswith(SUFFIXES)]
        if first:
            left = [path for path in paths if path not in first]
            beside |= {str(path): f"{first[0].name} is read for {recording}" for path in left}
            found[recording] = first
    twice = {name: paths for name, paths in found.items() if len(paths) > 1}
    if twice:
        lines = [f"{name}: {', '.join(map(str, paths))}" for name, paths in twice.items()]
        raise UserError(
            f"Annotations in {folder}: more than one file for "
            f"{counted(len(twice), 'recording')}; expected one each:\n{listing(lines)}"
        )
    return MatchedFiles({name: paths[0] for name, paths in found.items()}, strangers, beside)


class RowNames:
    """Names of recordings in rows, and whether rows of several folders go by one of them.

    Parameters
    ----------
    ids
        Recordings by name, from `anurans.recordings.matching.by_name`.
    """

    def __init__(self, ids: Mapping[str, str]) -> None:
        self._ids = ids
        # The name with most folders that each recording has in rows, and names of other folders.
        self._named: dict[str, str] = {}
        self._elsewhere: dict[str, tuple[str, str]] = {}

    def recording(self, name: str, owner: str | None = None) -> str | None:
        """Find the recording that a row names; in a file about one, without folders too."""
        if owner is not None and means(name, owner):
            return owner
        found = find_named(name, self._ids)
        if found is not None and "/" not in found:
            before = self._named.setdefault(found, name)
            if not same_end(folder_of(before), folder_of(name)):
                self._elsewhere.setdefault(found, (before, name))
            elif len(folder_of(name)) > len(folder_of(before)):
                self._named[found] = name
        return found

    def refuse_folders(self, file: Path) -> None:
        """Refuse rows of several folders that go by the name of one recording."""
        if not self._elsewhere:
            return
        lines = [f"{id}: {one} and {other}" for id, (one, other) in self._elsewhere.items()]
        raise UserError(
            f"Annotations in {file}: rows of several folders belong to one recording, which has "
            "no folder in its id; keep the rows of one folder, or make folders part of the ids: "
            "set recordings.id: path, and recordings.source to the folder that holds them all:\n"
            f"{listing(lines)}"
        )
