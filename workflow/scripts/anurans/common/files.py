"""Files that appear whole or not at all."""

import contextlib
import errno
import os
import re
import socket
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from anurans.common.errors import UserError

# Errors that only writing has, and what to do; h5py gives them as OSError too.
CANNOT_WRITE = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "your quota of the disk is used up; make room",
    errno.EROFS: "the folder can only be read; make it writable",
    errno.EACCES: "you may not write there; change the rights of the file and its folder",
    errno.EPERM: "it may not be replaced; change the rights of the file and its folder",
}
DAY = 24 * 3600


def shipped(folder: str) -> Path:
    """Folder of what comes with the library: of the workflow, or of the installed package."""
    library = Path(__file__).parents[1]
    installed = library / "workflow" / folder
    return installed if installed.is_dir() else library.parents[1] / folder


@contextlib.contextmanager
def whole(path: str | os.PathLike) -> Iterator[Path]:
    """Give a path beside `path` to write to, and rename it to `path` when all went well.

    It is on the disk before it has its name: after a power cut too, a file that is there is whole.
    What others have left there, who were killed while they wrote the same file, is removed.

    Parameters
    ----------
    path
        Where the finished file shall stand. Missing folders are made.

    Yields
    ------
    pathlib.Path
        The partial file, removed if the block raises.

    Raises
    ------
    UserError
        When the disk is full or read-only, or the user may not write there.
    """
    path = Path(path)
    # The ending stays the same: Keras and soundfile choose the format by it.
    partial = path.with_name(f".partial-{socket.gethostname()}-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        try:
            yield partial
            with partial.open("rb") as file:
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        if error.errno not in CANNOT_WRITE:
            raise
        advice = CANNOT_WRITE[error.errno]
        raise UserError(
            f"{path}: cannot be written: {advice} and run the same command again."
        ) from None


def crc32(path: Path) -> int:
    """CRC-32 of a file."""
    value = 0
    with path.open("rb") as file:
        while data := file.read(2**20):
            value = zlib.crc32(data, value)
    return value


def _remove_abandoned(path: Path) -> None:
    """Remove partial files whose process has ended, or, on another machine, has been still."""
    name = re.compile(rf"\.partial-(.+)-(\d+)-{re.escape(path.name)}")
    for entry in os.scandir(path.parent):
        if match := name.fullmatch(entry.name):
            here = match[1] == socket.gethostname()
            with contextlib.suppress(FileNotFoundError):
                if (here and not _runs(int(match[2]))) or time.time() - entry.stat().st_mtime > DAY:
                    Path(entry.path).unlink()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
