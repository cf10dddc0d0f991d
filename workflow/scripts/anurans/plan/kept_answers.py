"""Answers to what jobs ask of names and annotations, kept in a file for jobs of a cluster.

Each of these starts Snakemake, which plans again: to run one job it would list all recordings, and
read all annotations. What the workflow itself has found is in a file instead, which is read where
everything that it was found from is as it was: the config, the code, the names of recordings, and
the size and times of every file of annotations. Else a job plans anew. The file holds texts and
numbers (JSON in a zip archive): nothing in it is run.
"""

import hashlib
import json
import platform
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from anurans.annotations.file_matching import OTHERS, SUFFIXES
from anurans.common.errors import UserError
from anurans.common.files import DAY, whole
from anurans.recordings.names import EXTENSIONS, walk_names

# A file that changed so shortly before may change again without another time, in ns.
FRESH = 2_000_000_000

Method = TypeVar("Method", bound=Callable)


class Answers:
    """Answers, each found once.

    Parameters
    ----------
    folder
        Where they are kept; None where they are not.
    code
        Digest of the code that finds them.
    reads
        Whether to look for those that another process has kept.
    """

    def __init__(self, folder: Path | None = None, code: str = "", reads: bool = False) -> None:
        self._folder, self._code, self._reads = folder, code, reads
        self._config: Mapping[str, Any] = {}
        self._text = ""
        self._state: str | None = None
        self._archive: zipfile.ZipFile | None = None
        self._found: dict[str, Any] = {}

    def belong_to(self, config: Mapping[str, Any]) -> None:
        """Look at what a loaded config names, before anything is found from it."""
        if self._folder is None:
            return
        self._text = json.dumps(config, default=str)
        self._config = json.loads(self._text)
        self._state = self._look()
        if self._reads and self._state:
            self._archive = _opened(self._path(), self._state)

    def of(self, question: str, find: Callable[[], Any]) -> Any:
        """An answer: found before, kept by another process, or found now."""
        if question not in self._found:
            kept = self.kept(question)
            self._found[question] = find() if kept is None else kept
        return self._found[question]

    def kept(self, question: str) -> Any:
        """What another process has kept; None where there is nothing, or it cannot be read."""
        if self._archive is not None:
            with suppress(KeyError, ValueError, OSError, zipfile.BadZipFile, zlib.error):
                return json.loads(self._archive.read(question))
        return None

    def keep(self, others: Mapping[str, Any]) -> bool:
        """Write all that was found, and others; not where what it was found from has changed.

        Parameters
        ----------
        others
            Further answers, by question.

        Returns
        -------
        bool
            Whether they were written.
        """
        if not self._state or self._look() != self._state:
            return False
        path = self._path()
        with (
            whole(path) as partial,
            zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            archive.comment = self._state.encode()
            for question, answer in {**self._found, **others}.items():
                archive.writestr(question, json.dumps(answer))
        for each in path.parent.glob("*.zip"):  # of configs that are no longer run
            with suppress(OSError):
                if time.time() - each.stat().st_mtime > 7 * DAY:
                    each.unlink()
        return True

    def _path(self) -> Path:
        name = hashlib.sha256(self._text.encode()).hexdigest()[:16]
        return (self._folder or Path()) / f"{name}.zip"

    def _look(self) -> str | None:
        """Digest of all that answers are found from; None where it cannot be told."""
        sha = hashlib.sha256(f"{self._code} {platform.python_version()} {self._text}".encode())
        try:
            for line in _sources(self._config):
                sha.update(line.encode(errors="surrogateescape") + b"\0")
        except (OSError, UserError, _TooFreshError):
            return None
        return sha.hexdigest()


def kept(method: Method) -> Method:
    """Let a method of a plan, which has `answers`, find each of its answers once.

    What it gives is of JSON: texts, numbers, lists, and mappings by text.
    """

    @wraps(method)
    def answered(self, *args):
        return self.answers.of(f"{method.__qualname__}{args}", lambda: method(self, *args))

    return cast(Method, answered)


class _TooFreshError(Exception):
    """A file may change without another time."""


def _opened(path: Path, state: str) -> zipfile.ZipFile | None:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile):
        return None
    return archive if archive.comment == state.encode() else None


def _sources(config: Mapping[str, Any]) -> Iterator[str]:
    """Lines that change with whatever recordings and annotations of a config are found from."""
    detection = config.get("detection") or {}
    for of in (config.get("recordings"), detection.get("recordings")):
        yield from _names(of["source"]) if of and of.get("source") else ()
    annotations = config.get("annotations") or {}
    files = [annotations.get("source"), *annotations.get("partial", []), detection.get("truth")]
    splits = config.get("splits") or {}
    files += [config.get("sites"), *(each.get("file") for each in splits.values())]
    # Of the demo, whose recordings are made where there are labels.
    for path in [*files, "resources/demo/annotations"]:
        yield from _contents(path) if path else ()


def _names(source: str) -> Iterator[str]:
    """Names of the recordings of a folder; a table as `_contents` has it."""
    yield source
    if Path(source).is_dir():
        yield from walk_names(source, EXTENSIONS, source)
    else:
        yield from _contents(source)


def _contents(path: str) -> Iterator[str]:
    """A file, or each of a folder, with what changes where its content does."""
    yield path
    if Path(path).is_dir():
        for each in walk_names(path, SUFFIXES + OTHERS, path):
            yield _stamp(each)
    elif Path(path).exists():
        yield _stamp(path)


def _stamp(path: str) -> str:
    found = Path(path).stat()
    if max(found.st_mtime_ns, found.st_ctime_ns) > time.time_ns() - FRESH:
        raise _TooFreshError
    return f"{path} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
