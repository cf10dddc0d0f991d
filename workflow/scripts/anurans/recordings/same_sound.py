"""Recordings of equal sound: copies under another name, of which one is used."""

import os
from collections.abc import Iterable, Mapping

REASON = "has the same sound as {}, which is used in its place"


def find_copies(
    rows: Iterable[Mapping[str, object]], channels: Mapping[str, str]
) -> dict[str, str]:
    """Find the usable recordings whose sound is that of another one.

    Channels of one file that a table lists as recordings are not copies of each other.

    Parameters
    ----------
    rows
        What was found of each recording: `recording`, `path`, `status` and `sound`, the SHA-256 of
        its samples.
    channels
        Channel that is used of each.

    Returns
    -------
    dict
        Of each copy, the first id with that sound, and that channel where it is used. Ids are
        compared folder by folder, so that `card/x` stands before `card copy/x`.

    Examples
    --------
    >>> rows = [{"recording": id, "path": id, "status": "ok", "sound": "5e"} for id in "ab"]
    >>> find_copies(rows, {"a": "mix", "b": "mix"})
    {'b': 'a'}
    """
    first: dict[object, Mapping[str, object]] = {}
    taken: dict[tuple[object, str], str] = {}
    found: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: str(row["recording"]).split("/")):
        sound, id = row["sound"], str(row["recording"])
        if row["status"] != "ok" or not sound:
            continue
        kept = first.setdefault(sound, row)
        of = sound, channels[id]
        if of in taken or not same_file(str(row["path"]), str(kept["path"])):
            found[id] = taken.get(of, str(kept["recording"]))
        else:
            taken[of] = id
    return found


def shared_sounds(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tell which recordings have their sound, or their file, in common with others.

    Parameters
    ----------
    rows
        Of results/recordings.csv.

    Returns
    -------
    dict
        Of these recordings alone, the first id among those that belong together.
    """
    of: dict[str, list[str]] = {}
    first: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row["recording"]):
        keys = [key for key in (row["sound"], file_key(row["path"])) if key]
        one = next((first[key] for key in keys if key in first), row["recording"])
        for key in keys:
            first.setdefault(key, one)
        of.setdefault(one, []).append(row["recording"])
    return {id: one for one, ids in of.items() if len(ids) > 1 for id in ids}


def same_file(path: str, other: str) -> bool:
    """Tell whether two paths name one file, as they are written."""
    return file_key(path) == file_key(other)


def file_key(path: str) -> str:
    """A path as it is compared with others; an address in a storage stays as it is."""
    return path if "://" in path else os.path.normpath(path)
