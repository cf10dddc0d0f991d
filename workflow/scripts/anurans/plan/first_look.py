"""What lies in a folder of recordings and their annotations, for whom has no config yet."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

from anurans.annotations.sources import OTHERS, SUFFIXES, AnnotationSource
from anurans.common.errors import UserError
from anurans.common.wording import counted
from anurans.recordings.device_headers import NEAR, DeviceHeader, read_device_header
from anurans.recordings.names import (
    BY_NAME,
    BY_PATH,
    EXTENSIONS,
    Recording,
    list_recordings,
    walk,
)
from anurans.recordings.oddities import tell_oddities
from anurans.recordings.unread import unread_files
from anurans.recordings.zones import not_set

# Clocks of name and header are taken for equal within this; a header holds whole seconds.


@dataclass(frozen=True)
class Label:
    """A text that annotations hold: how many of them, and the recordings that they are in."""

    text: str
    count: int
    recordings: frozenset[str]


@dataclass(frozen=True)
class FirstLook:
    """What was found.

    Attributes
    ----------
    source, annotations_source
        The folders, or table, that were looked at.
    id
        `name` or `path`: what tells the recordings apart.
    recordings
        All of them, with what names tell, and headers where names tell nothing.
    annotated
        Ids of those that somebody annotated.
    labels
        Of all annotations, most frequent first.
    places
        Latitude and longitude of each site that headers know, in degrees.
    told
        Sentences for people, in order: what was found, and what is odd.
    clock
        `UTC` where the header of each recording says that its name has the time in UTC; else empty.
    """

    source: str
    annotations_source: str
    id: str
    recordings: tuple[Recording, ...]
    annotated: tuple[str, ...]
    labels: tuple[Label, ...]
    places: dict[str, tuple[float, float]]
    told: list[str] = field(default_factory=list)
    clock: str = ""

    @property
    def is_utc(self) -> bool:
        """Whether the time of a recording is known to be in UTC."""
        return any(each.utc for each in self.recordings)


def look(recordings: str, annotations: str = "") -> FirstLook:
    """Look at recordings and annotations.

    Parameters
    ----------
    recordings
        A folder.
    annotations
        A folder or table; where it is empty, label files are expected beside the recordings.

    Raises
    ------
    UserError
        Where there is no recording, no annotation, or an annotation that cannot be read.
    """
    if not Path(recordings).is_dir():
        raise UserError(f"start: {recordings} is not a folder; name the folder of the recordings.")
    names = Counter(path.stem for path in walk(Path(recordings), EXTENSIONS, "start"))
    id = BY_PATH if any(count > 1 for count in names.values()) else BY_NAME
    found = list_recordings(recordings, id=id)
    headers = {each.recording: read_device_header(each.path) for each in found if not each.fault}
    told = [_tell_files(recordings, found, id)]
    empty = [each.recording for each in found if not each.fault and not _size(each)]
    told += _tell_empty(empty)
    found, of_sites = _by_folder(found, id)
    told += of_sites
    known, clocks, in_utc = _with_clocks(found, headers)
    sure = in_utc and all(each.zone or each.recording in {*in_utc, *empty} for each in known)
    told += [*_tell_sites(known), *clocks, *tell_oddities("recordings", known)]
    told += _tell_copies(found)
    source = annotations or recordings
    annotated, labels, of_labels = _labels(source, known)
    told += of_labels
    told += _tell_unread(recordings, source, found)
    return FirstLook(
        recordings,
        source,
        id,
        known,
        annotated,
        labels,
        _places(known, headers),
        told,
        "UTC" if sure else "",
    )


def _tell_files(folder: str, found: Sequence[Recording], id: str) -> str:
    endings = Counter(Path(each.path).suffix.lower() for each in found)
    kinds = ", ".join(f"{count} {ending}" for ending, count in endings.most_common())
    equal = "; names repeat in folders, so that ids are paths" if id == BY_PATH else ""
    return f"{counted(len(found), 'recording')} in {folder} ({kinds}){equal}."


def _size(recording: Recording) -> int:
    return Path(recording.path).stat().st_size


def _tell_empty(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield (
            f"{counted(len(names), 'file')} of 0 bytes, such as {names[0]}, as a recorder leaves "
            "where its battery ends. A run leaves them out and lists them."
        )


def _by_folder(found: tuple[Recording, ...], id: str) -> tuple[tuple[Recording, ...], list[str]]:
    """Let folders be sites where all names begin alike, as those of a kind of recorder do."""
    named = {each.site for each in found if each.site}
    folders = {each.recording.partition("/")[0] for each in found if "/" in each.recording}
    if id != BY_PATH or len(named) != 1 or len(folders) < 2:
        return found, []
    moved = tuple(
        replace(each, site=each.recording.partition("/")[0]) if "/" in each.recording else each
        for each in found
    )
    return moved, [
        f"All names begin with {next(iter(named))}, in {counted(len(folders), 'folder')}: the "
        "folders are taken for the sites."
    ]


def _tell_sites(found: Sequence[Recording]) -> Iterator[str]:
    sites = Counter(each.site for each in found if each.site)
    dates = sorted(each.date for each in found if each.date)
    if sites:
        shown = ", ".join(f"{site} ({count})" for site, count in sorted(sites.items())[:12])
        more = ", ..." if len(sites) > 12 else ""
        yield f"{counted(len(sites), 'site')}: {shown}{more}."
    if dates:
        nights = len({each.night for each in found if each.night})
        yield f"From {dates[0]} to {dates[-1]}, {counted(nights, 'night')}."


def _tell_copies(found: Sequence[Recording]) -> Iterator[str]:
    """Files that are the same byte for byte, as of a card that was copied twice."""
    of_size = defaultdict(list)
    for each in found:
        if not each.fault and (size := _size(each)):
            of_size[size].append(each)
    alike = defaultdict(list)
    for size, files in of_size.items():
        for each in files if len(files) > 1 else ():
            alike[size, _ends(each.path, size)].append(each)
    copies = [(kept, each) for kept, *others in alike.values() for each in others]
    if copies:
        kept, first = copies[0]
        yield (
            f"{counted(len(copies), 'file')} may be there twice: equal in size, beginning and end, "
            f"such as {first.recording} and {kept.recording}. Only one recording of the same sound "
            "is used."
        )


def _ends(path: str, size: int, most: int = 1 << 16) -> bytes:
    """Beginning and end of a file: of recordings, what tells one from another."""
    with Path(path).open("rb") as file:
        begin = file.read(most)
        file.seek(max(0, size - most))
        return begin + file.read(most)


def _with_clocks(
    found: Sequence[Recording], headers: dict[str, DeviceHeader | None]
) -> tuple[tuple[Recording, ...], list[str], set[str]]:
    """Recordings with what headers add, what is to be said of clocks, ids with names in UTC."""
    known, said = [], Counter[str]()
    in_utc: set[str] = set()
    apart: list[str] = []
    times = [header.time for header in headers.values() if header and header.time]
    unset = not_set(time.date().isoformat() for time in times)
    for each in found:
        header = headers.get(each.recording)
        time = header.time if header else None
        if time is None:
            known.append(each)
            continue
        said["header"] += 1
        is_set = time.date().isoformat() not in unset
        fits = _fits(each, time, is_set)
        if fits in ("added", "utc", "offset"):
            said[fits] += 1
            in_utc |= {each.recording} if fits == "utc" else set()
            each = _at(each, time)
        elif fits == "apart":
            apart.append(f"{each.recording} (header: {time:%Y-%m-%d %H:%M:%S %z}".strip() + ")")
        known.append(each)
    told = []
    if said["header"]:
        parts = [f"{counted(said['header'], 'header')} of recorders tell the time"]
        if said["utc"]:
            parts.append(f"{said['utc']} say that the time in the name is UTC")
        if said["offset"]:
            parts.append(f"{said['offset']} say how far it is from UTC")
        if said["added"]:
            parts.append(f"{said['added']} know a date or time that the name does not tell")
        told.append("; ".join(parts) + ".")
    if apart:
        shown = ", ".join(apart[:3]) + (", ..." if len(apart) > 3 else "")
        told.append(f"Name and header disagree in {counted(len(apart), 'recording')}: {shown}.")
    return tuple(known), told, in_utc


def _fits(each: Recording, time: datetime, is_set: bool) -> str:
    """How a header's time stands to what the name tells; empty where it adds nothing."""
    if each.not_set or not is_set:
        return "apart" if each.date else ""
    if not each.date or not each.time:
        return "added"
    if each.utc:
        told = datetime.fromisoformat(each.utc)
        return "" if time.tzinfo is None or abs(told - time) <= NEAR else "apart"
    named = datetime.fromisoformat(f"{each.date}T{each.time}")
    if time.tzinfo is not None and _is_near(named, time.astimezone(UTC)):
        return "utc"
    if _is_near(named, time):
        return "" if time.tzinfo is None else "offset"
    return "apart"


def _is_near(named: datetime, time: datetime) -> bool:
    return abs(named - time.replace(tzinfo=None)) <= NEAR


def _at(each: Recording, time: datetime) -> Recording:
    """A recording that began at this time."""
    utc = f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if time.tzinfo else ""
    return replace(each, date=f"{time:%Y-%m-%d}", time=f"{time:%H:%M:%S}", utc=utc)


def _places(
    found: Sequence[Recording], headers: dict[str, DeviceHeader | None]
) -> dict[str, tuple[float, float]]:
    of: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for each in found:
        header = headers.get(each.recording)
        if each.site and header and header.latitude is not None and header.longitude is not None:
            of[each.site].append((header.latitude, header.longitude))
    return {
        site: (round(mean(at for at, _ in places), 5), round(mean(at for _, at in places), 5))
        for site, places in sorted(of.items())
    }


def _labels(
    source: str, found: Sequence[Recording]
) -> tuple[tuple[str, ...], tuple[Label, ...], list[str]]:
    """Annotated recordings, labels, and what is to be said of them."""
    read = AnnotationSource(source, [each.recording for each in found], ())
    annotated = tuple(each.recording for each in found if read.annotated(each.recording))
    if not annotated:
        raise UserError(
            f"start: {source} has annotations of none of the {counted(len(found), 'recording')}; "
            "expected files named after recordings (REC.txt of Audacity or Raven, .TextGrid, "
            ".srt, ...), or one table with the columns recording, start, end, label."
        )
    counts: Counter[str] = Counter()
    of: dict[str, set[str]] = defaultdict(set)
    for name in annotated:
        for call in read.annotations(name):
            counts[call.species] += 1
            of[call.species].add(name)
    labels = tuple(Label(text, count, frozenset(of[text])) for text, count in counts.most_common())
    shown = ", ".join(f"{each.text} {each.count}" for each in labels[:15])
    silent = len(annotated) - len(set().union(*of.values()))
    told = [
        f"{counted(len(annotated), 'recording')} annotated in {source}, {silent} of them without "
        f"a call; {len(found) - len(annotated)} not annotated.",
        f"{counted(len(labels), 'label')}: {shown}{', ...' if len(labels) > 15 else ''}.",
    ]
    if strangers := read.without_recording:
        told.append(
            f"{counted(len(strangers), 'file')} of annotations fit no recording, such as "
            f"{next(iter(strangers))}."
        )
    return annotated, labels, told


def _tell_unread(recordings: str, source: str, found: Sequence[Recording]) -> Iterator[str]:
    known = {str(Path(each.path).absolute()) for each in found}
    rows = [
        row
        for folder, of in {recordings: "recordings", source: "annotations"}.items()
        if Path(folder).is_dir()
        for row in unread_files(folder, of, known, SUFFIXES + OTHERS)
    ]
    kinds = Counter(Path(row["file"]).suffix.lower() or "without ending" for row in rows)
    kinds = Counter({kind: n for kind, n in kinds.items() if kind not in SUFFIXES + OTHERS})
    if kinds:
        shown = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(8))
        yield f"Files of kinds that are not read: {shown}."
