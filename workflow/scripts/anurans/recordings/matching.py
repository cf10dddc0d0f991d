"""Which recording a name means that annotations, or rows of a table, have for it."""

from collections.abc import Iterable, Iterator, Mapping

from anurans.recordings.names import EXTENSIONS, composed


def file_name(recording: str, ending: str = "") -> str:
    """Name of a file about a recording, in the folders that its id names.

    Examples
    --------
    >>> file_name("siteA/20240121_203000", ".txt")
    'siteA/20240121_203000.txt'
    >>> file_name("../20240121_203000", ".txt")
    '..%2F20240121_203000.txt'
    """
    folders = recording.split("/")
    leaves = any(part in ("", ".", "..") for part in folders)
    return (recording.replace("/", "%2F") if leaves else recording) + ending


def by_name(recordings: Iterable[str]) -> dict[str, str]:
    """Recording of each name that its annotations, or a row of a table, may have for it."""
    recordings = tuple(recordings)
    names = {composed(each.replace("/", "%2F")): each for each in recordings}
    return names | {composed(each): each for each in recordings}


def find_named(name: str, names: Mapping[str, str]) -> str | None:
    """Find the recording that an id, audio file or path in a table means.

    Folders before the id do not count; those of the id do, whatever stands between them.

    Parameters
    ----------
    name
        As it stands in the table.
    names
        Recording of each name, from `by_name`.

    Examples
    --------
    >>> names = by_name(["pond_20200101", "marsh/1"])
    >>> find_named("audio/pond_20200101.WAV", names)
    'pond_20200101'
    >>> find_named("D:\\\\cards\\\\marsh\\\\1.wav", names)
    'marsh/1'
    >>> find_named("marsh%2F1", names)
    'marsh/1'
    >>> find_named("lake/1.wav", names) is None
    True
    """
    name = composed(name)
    if name in names:
        return names[name]
    for end in _ends(name):
        if end in names:
            return names[end]
        if end.lower().endswith(EXTENSIONS) and (stem := end.rpartition(".")[0]) in names:
            return names[stem]
    return None


def find_owner(path: str, names: Mapping[str, str]) -> str | None:
    """Find the recording that a file is about: named after it, in the folders of its id.

    Parameters
    ----------
    path
        Below the folder that is searched.
    names
        As `find_named` takes them.

    Examples
    --------
    >>> find_owner("labels/marsh/1.Table.1.selections.txt", by_name(["marsh/1"]))
    'marsh/1'
    """
    for end in _ends(composed(path)):
        folder, slash, name = end.rpartition("/")
        while folder + slash + name not in names and "." in name:
            name = name.rpartition(".")[0]
        if folder + slash + name in names:
            return names[folder + slash + name]
    return None


def means(name: str, recording: str) -> bool:
    """Tell whether a name in a file about a recording means it; folders may be left out.

    Examples
    --------
    >>> means("1.wav", "marsh/1"), means("lake/1.wav", "marsh/1")
    (True, False)
    """
    ends = by_name(_ends(recording))
    found = find_named(name, ends)
    given = folder_of(name)
    return found is not None and ("/" not in recording or same_end(given, folder_of(recording)))


def folder_of(path: str) -> str:
    """Folders before the last part of a path, whatever stands between them."""
    return path.replace("\\", "/").rpartition("/")[0].removeprefix("./")


def same_end(folder: str, other: str) -> bool:
    """Tell whether two paths of folders may be the same, one written from higher up.

    Examples
    --------
    >>> same_end("rec/siteA", "siteA"), same_end("siteB", "siteA"), same_end("", "siteA")
    (True, False, True)
    """
    short, long = sorted((folder, other), key=len)
    return not short or f"/{long}".endswith(f"/{short}")


def _ends(path: str) -> Iterator[str]:
    """A path, and what is left of it without its first folder, first two, ..."""
    rest = path.replace("\\", "/").removeprefix("./")
    while rest:
        yield rest
        rest = rest.partition("/")[2]
