"""Files of a folder of recordings or annotations that nothing reads, and why."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from anurans.recordings.names import EXTENSIONS, walk

COLUMNS = ("folder", "file", "ending", "reason")
# Sound that libsndfile does not read.
_SOUND = (
    *(".wac", ".m4a", ".aac", ".mp4", ".wma", ".amr", ".3gp", ".webm", ".mka", ".wv", ".ape"),
    *(".au", ".snd", ".ac3", ".raw", ".zc", ".dsf", ".tta", ".mp2", ".voc", ".wmv", ".mov"),
)
SOUND_REASON = "sound of a kind that is not read; save it as WAV or FLAC"
_WAC = "sound that a Song Meter compressed; Kaleidoscope makes WAV of it"


def unread_files(
    folder: str, of: str, used: Collection[str], annotations: tuple[str, ...]
) -> Iterator[dict[str, str]]:
    """List the files below a folder that nothing reads.

    Parameters
    ----------
    folder
        Where to look; hidden files are passed over, and results and logs below the folder that
        one works in.
    of
        What the folder is of: `recordings`, `annotations` or `detection`.
    used
        Absolute paths of files that are read, or told elsewhere.
    annotations
        Endings of files of annotations.

    Yields
    ------
    dict
        `folder, file, ending, reason`.
    """
    own = tuple(str(Path(name).absolute()) + "/" for name in ("results", "logs"))
    for path in walk(Path(folder), ("",), f"{of}.source"):
        full = str(path.absolute())
        if full in used or full.startswith(own):
            continue
        ending = path.suffix.lower()
        if ending == ".wac":
            reason = _WAC
        elif ending in _SOUND:
            reason = SOUND_REASON
        elif ending in annotations:
            reason = "lies outside of annotations.source"
        elif ending in EXTENSIONS:
            reason = "lies outside of recordings.source"
        else:
            reason = "of a kind that is not read"
        yield dict(zip(COLUMNS, (of, str(path), ending, reason), strict=True))


def is_sound(row: Mapping[str, str]) -> bool:
    """Tell whether a row of `unread_files` is of sound that is not read."""
    return row["reason"] in (SOUND_REASON, _WAC)
