"""Sites of AnuraSet (Cañas et al. 2023, Sci Data 10:771), out of the archives that Zenodo serves.

Only names say what a member of an archive is: descriptions of the folders in them differ.
"""

import contextlib
import re
import shutil
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from anurans.common.errors import UserError, listing
from anurans.common.files import crc32, whole
from anurans.common.tables import read_table, write_table
from anurans.common.wording import counted
from anurans.download.progress import Progress
from anurans.download.remote import SKIPPED, Patience, RemoteFile, StoppedError
from anurans.plan.costs import size

RECORDINGS, LABELS = "recordings", "annotations"  # folders, as config/inct41.yaml has them
ARCHIVES = {RECORDINGS: "raw_data.zip", LABELS: "strong_labels.zip"}
ENDINGS = {RECORDINGS: "wav", LABELS: "txt"}
NAME = re.compile(r"([A-Za-z0-9]+)_\d{8}_\d{6}\.(wav|txt)", re.I)
CHUNK = 2**18
# Pieces that each of the connections fetches, about: one that is slow holds up less; and how large
# a piece is at least: each costs a request.
PIECES, LEAST = 4, 2**20
COLUMNS = ["path", "size", "crc32", "member", "archive"]
MANIFEST = "files.tsv"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, and where it belongs."""

    path: Path
    info: zipfile.ZipInfo
    kind: str

    def is_at(self, path: Path) -> bool:
        """Tell whether a file has the size and the CRC-32 that the archive states."""
        try:
            return path.stat().st_size == self.info.file_size and crc32(path) == self.info.CRC
        except FileNotFoundError:
            return False


@dataclass(slots=True)
class Site:
    """What there is of a site, and what is still to be fetched."""

    name: str
    members: list[Member]
    missing: list[Member] = field(default_factory=list)
    changed: list[Member] = field(default_factory=list)

    @property
    def n_bytes(self) -> int:
        """Size of what is still to be fetched."""
        return sum(member.info.file_size for member in self.missing)

    def of(self, kind: str) -> list[Member]:
        """Recordings, or label files."""
        return [member for member in self.members if member.kind == kind]

    @property
    def unlabelled(self) -> int:
        """Recordings without a label file, which count as not annotated."""
        labels = {member.path.stem for member in self.of(LABELS)}
        return sum(member.path.stem not in labels for member in self.of(RECORDINGS))


def download_site(
    site: str,
    folder: str | Path,
    base: str,
    at_once: int = 4,
    patience: Patience | None = None,
    say: Callable[[str], None] = print,
) -> Site:
    """Fetch the recordings and label files of a site that are not there yet.

    Parameters
    ----------
    site
        Its name, in capitals or not.
    folder
        Gets `recordings/` and `annotations/`.
    base
        Address that the names of the archives follow.
    at_once
        Connections that fetch side by side.
    patience
        With failures of the network.
    say
        Told what is going to be fetched before it is.

    Returns
    -------
    Site
        All there, of the right size and CRC-32. Label files that differ from those of the archive
        are left alone, since people correct them: they are in `changed`.

    Raises
    ------
    UserError
        When the site is unknown, the disk too small or the network fails. What was fetched by
        then stays, and is not fetched again; each file is there whole or not at all.
    """
    stop = threading.Event()
    found, archives = [], {}
    plan = read_manifest(site.upper(), folder)
    if plan and not plan.missing:
        say(about(plan, folder, base))
        return plan
    try:
        for kind, name in ARCHIVES.items():
            file = RemoteFile.archive(f"{base.rstrip('/')}/{name}?download=1", patience, stop)
            archives[kind] = file
            with opened(file) as archive:
                found += members(archive, kind, site, Path(folder), name)
        plan = look(site.upper(), found)
        say(about(plan, folder, base))
        check_room(folder, plan.n_bytes)
        fetch(plan.missing, archives, at_once, stop)
        write_manifest(plan, folder)
    except OSError as error:
        raise UserError(
            f"{error.filename or folder}: cannot be written: {error.strerror}."
        ) from None
    finally:
        for file in archives.values():
            file.close()
    return plan


@contextlib.contextmanager
def opened(file: RemoteFile):
    """Open an archive, and say so where it is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise UserError(
            f"{file.url}: is not a zip archive, or is cut short ({error}); nothing was written. "
            "Correct the address in the config (download), or try again later."
        ) from None


def members(
    archive: zipfile.ZipFile, kind: str, site: str, folder: Path, name: str
) -> list[Member]:
    """List the members of an archive that are of a site.

    Parameters
    ----------
    archive
        The archive.
    kind
        `recordings` or `annotations`.
    site
        The site.
    folder
        Each belongs into `folder/kind`, under its bare name: no folder of the archive counts.
    name
        What to call the archive in messages.

    Raises
    ------
    UserError
        When there are none; the sites that there are are named. When two of one name differ.
    """
    sites: set[str] = set()
    found: dict[str, zipfile.ZipInfo] = {}
    twins = []
    for info in archive.infolist():
        *above, bare = re.split(r"[/\\]", info.filename)
        match = NAME.fullmatch(bare)
        if not match or match[2].lower() != ENDINGS[kind] or any("weak" in p for p in above):
            continue
        sites.add(match[1].upper())
        if match[1].upper() != site.upper():
            continue
        other = found.setdefault(bare, info)
        if (other.CRC, other.file_size) != (info.CRC, info.file_size):
            twins.append(f"{other.filename} and {info.filename}")
    if twins:
        raise UserError(
            f"{name}: holds two different files of one name; it is not known which one is right:\n"
            f"{listing(twins)}"
        )
    if not found:
        known = ", ".join(sorted(sites)) or "none at all"
        raise UserError(f"{name}: there is no site {site}; the sites in it are {known}.")
    return [Member(folder / kind / bare, info, kind) for bare, info in sorted(found.items())]


def look(name: str, found: Sequence[Member]) -> Site:
    """Look which members are there already, with the size and CRC-32 of the archive."""
    site = Site(name, list(found))
    for member in site.members:
        if not member.is_at(member.path):
            kept = member.kind == LABELS and member.path.exists()
            (site.changed if kept else site.missing).append(member)
    return site


def about(site: Site, folder: str | Path, base: str) -> str:
    """Say what is there and what is going to be fetched."""
    recordings = counted(len(site.of(RECORDINGS)), "recording")
    labels = counted(len(site.of(LABELS)), "label file")
    total = sum(member.info.file_size for member in site.members)
    lines = [
        f"Site {site.name} of AnuraSet: {recordings} and {labels}, {size(total)}, into {folder}/."
    ]
    if not site.missing:
        lines += ["All of them are there, each with the right size and CRC-32."]
    else:
        there = len(site.members) - len(site.missing)
        fetched = sum(member.info.compress_size for member in site.missing)
        is_there = f"There already: {counted(there, 'file')}. " if there else ""
        lines += [
            f"{is_there}To be fetched from {base}: {counted(len(site.missing), 'file')}, "
            f"{size(fetched)} of traffic, {size(site.n_bytes)} on the disk."
        ]
    if site.changed:
        lines += [
            "Not as published, and left as they are, since people correct labels (delete one to "
            f"fetch it again): {counted(len(site.changed), 'label file')}",
            listing([str(member.path) for member in site.changed]),
        ]
    if site.unlabelled:
        without = counted(site.unlabelled, "recording")
        lines += [f"Without a label file, that is, not annotated: {without}."]
    return "\n".join(lines)


def check_room(folder: str | Path, n_bytes: int) -> None:
    """Refuse what the disk has no room for.

    Raises
    ------
    UserError
        That says how much is needed and how much is free.
    """
    place = Path(folder).absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if n_bytes > free:
        raise UserError(
            f"{folder}: {size(n_bytes)} are needed, and the disk has {size(free)} left; make room, "
            "or make the folder a link to a larger disk."
        )


def fetch(
    missing: Iterable[Member],
    archives: dict[str, RemoteFile],
    at_once: int,
    stop: threading.Event,
) -> None:
    """Fetch members, several at once; the first failure ends all."""
    missing = list(missing)
    progress = Progress(len(missing), sum(member.info.file_size for member in missing))
    pieces = [
        (archives[kind], piece)
        for kind in archives
        for piece in divide([m for m in missing if m.kind == kind], at_once * PIECES)
    ]
    if not pieces:
        return
    with ThreadPoolExecutor(at_once) as pool:
        jobs = [pool.submit(fetch_piece, file, piece, progress) for file, piece in pieces]
        failed = None
        try:
            for job in as_completed(jobs):
                try:
                    job.result()
                except StoppedError:
                    pass
                except BaseException as error:
                    failed = failed or error
                    stop.set()
        finally:
            stop.set()  # also where this was interrupted
            for job in jobs:
                job.cancel()
    progress.end()
    if failed:
        raise failed


def divide(found: Iterable[Member], pieces: int) -> list[list[Member]]:
    """Divide members into about so many pieces, each of neighbours that one request gets."""
    found = sorted(found, key=lambda member: member.info.header_offset)
    most = max(LEAST, sum(packed_size(member.info) for member in found) / pieces)
    divided: list[list[Member]] = []
    end = n_bytes = 0
    for member in found:
        start, length = member.info.header_offset, packed_size(member.info)
        if not divided or start - end > SKIPPED or n_bytes + length / 2 > most:
            divided.append([])
            n_bytes = 0
        divided[-1].append(member)
        n_bytes += length
        end = start + length
    return divided


def packed_size(info: zipfile.ZipInfo) -> int:
    """Bytes of a member in its archive, but for what its own header may say more."""
    return 30 + len(info.filename) + info.compress_size


def fetch_piece(file: RemoteFile, piece: Sequence[Member], progress: Progress) -> None:
    """Fetch neighbours of an archive through a connection of their own."""
    last = piece[-1].info
    # A bit more than the data: a header lies before it, whose length is known only then.
    until = last.header_offset + last.compress_size + 1024
    with file.another() as connection, opened(connection) as archive:
        for member in piece:
            for is_last in (False, True):
                connection.begin(min(until, connection.length()))
                try:
                    fetch_member(archive, member, progress)
                    break
                except (zipfile.BadZipFile, EOFError, zlib.error) as error:
                    # Once more: it may have suffered on its way.
                    if is_last:
                        raise UserError(
                            f"{member.info.filename} in {file.url}: is cut short or damaged: it is "
                            f"not the {member.info.file_size} bytes with CRC-32 "
                            f"{member.info.CRC:08x} that the archive states ({error}). It was not "
                            "written; run the same command again later."
                        ) from None
                    connection.forget()
                except (NotImplementedError, RuntimeError) as error:
                    raise UserError(
                        f"{member.info.filename} in {file.url}: cannot be unpacked ({error})."
                    ) from None


def fetch_member(archive: zipfile.ZipFile, member: Member, progress: Progress) -> None:
    """Write a member to its place, whole or not at all; zipfile compares its CRC-32."""
    done = 0
    try:
        with (
            archive.open(member.info) as packed,
            whole(member.path) as partial,
            partial.open("wb") as unpacked,
        ):
            while data := packed.read(CHUNK):
                unpacked.write(data)
                done += len(data)
                progress.add(len(data))
            if done != member.info.file_size:
                raise EOFError(f"{done} bytes")
    except BaseException:
        progress.add(-done)
        raise
    progress.add(0, files=1)


def write_manifest(site: Site, folder: str | Path) -> None:
    """Write files.tsv: what was fetched, and of what size and CRC-32 it was."""
    rows = [
        {
            "path": member.path.relative_to(folder).as_posix(),
            "size": member.info.file_size,
            "crc32": f"{member.info.CRC:08x}",
            "member": member.info.filename,
            "archive": ARCHIVES[member.kind],
        }
        for member in site.members
    ]
    write_table(Path(folder) / MANIFEST, COLUMNS, rows)


def read_manifest(name: str, folder: str | Path) -> Site | None:
    """What files.tsv says of a site, and what of it is there; None where there is no files.tsv."""
    path = Path(folder) / MANIFEST
    if not path.is_file():
        return None
    found = []
    for row in read_table(path, needs=COLUMNS):
        info = zipfile.ZipInfo(row["member"])
        info.file_size, info.CRC = int(row["size"]), int(row["crc32"], 16)
        kind = {archive: kind for kind, archive in ARCHIVES.items()}[row["archive"]]
        found.append(Member(Path(folder) / kind / Path(row["path"]).name, info, kind))
    return look(name, found)
