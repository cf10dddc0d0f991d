"""The annotations of all recordings, from a folder of files or from one table."""

import gc
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from math import inf
from pathlib import Path
from typing import Any

from anurans.annotations.annotation_digests import Counts, digest_of, is_used, users
from anurans.annotations.file_matching import OTHERS, SUFFIXES, RowNames, match_files
from anurans.annotations.formats import (
    LISTENED,
    Annotation,
    Problem,
    Reading,
    is_past_end,
    plain_label,
    read_annotations,
)
from anurans.annotations.known import NOWHERE, called, find_contradictions, is_partial
from anurans.annotations.readers import COLUMNS
from anurans.annotations.statement_tables import StatementTables
from anurans.annotations.statements import ABSENT, marked, stated
from anurans.common.errors import UserError, listing
from anurans.common.wording import counted
from anurans.recordings.matching import by_name


class AnnotationSource:
    """Where the annotations are: a folder with a file per recording, or a table of all.

    Making one lists names only; contents are read when they are asked for, and once.

    Parameters
    ----------
    source : str or Path, or a sequence of these
        A folder, searched recursively for files of annotations, or a table. Of a sequence the
        others are tables of statements (`anurans.annotations.statements`): what somebody listened
        to, where a species is present and where it is absent.
    recordings : sequence of str
        Ids of all recordings of the project: a file or row that fits none of them is left out.
    species : sequence of str
        The configured species.
    format : {"auto", "audacity", "raven", "table", "kaleidoscope", "textgrid", "subtitles"}
        How to read the files; "auto" looks at the content of each.
    columns : mapping, optional
        Names of the columns for `recording`, `start`, `end`, `duration`, `label`, `fmin`, `fmax`.
    on_error : {"fail", "skip"}
        What becomes of what cannot be read: an error, or left out and listed in `problems`. A
        recording of whose file nothing can be read is then one that is not annotated.
    files : mapping, optional
        File of each annotated recording of a folder, where it is known already: a job that knows
        only a part of the recordings cannot tell which file belongs to which.
    labels : mapping, optional
        Other texts that stand for each species.
    listened : str, optional
        Label of stretches that were listened to. Of a recording that has one, nothing is known
        outside of them.
    judge_chosen : bool
        Whether models are judged by statements about clips that somebody chose, and did not draw.

    Raises
    ------
    UserError
        If there is no such source, or two files for one recording. What is wrong in a table shows
        when it is first read.
    """

    def __init__(
        self,
        source: str | Path | Sequence[str | Path],
        recordings: Sequence[str],
        species: Sequence[str],
        format: str = "auto",
        columns: Mapping[str, str] | None = None,
        on_error: str = "fail",
        files: Mapping[str, str] | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
        listened: str | None = None,
        judge_chosen: bool = False,
    ):
        source, *partial = [source] if isinstance(source, str | Path) else source
        self.source = Path(source)
        self.recordings = tuple(recordings)
        self.species = frozenset(species)
        self.format = format
        self.columns = dict(columns or {})
        self.skips = on_error == "skip"
        self.labels = {
            plain_label(text): name for name, texts in (labels or {}).items() for text in texts
        }
        if listened:
            self.labels[plain_label(listened)] = LISTENED
        unknown = sorted(set(self.columns) - set(COLUMNS))
        if unknown:
            raise UserError(
                f"annotations: columns has the keys {', '.join(unknown)}; expected some of "
                f"{', '.join(COLUMNS)}."
            )
        self._ids = by_name(self.recordings)
        self._read: dict[str, Reading] = {}
        self._sorted: dict[str, tuple[Annotation, ...]] = {}
        self._digests: dict[tuple[str, frozenset[str]], bytes] = {}
        self._files: dict[str, Path] = {}
        self._strangers: list[str] = []
        self.beside: dict[str, str] = {}
        self._names = RowNames(self._ids)
        if not self.source.exists():
            raise UserError(
                f"Annotations: {self.source} does not exist; expected a folder with a file per "
                "recording, or a table of all annotations."
            )
        self.statements = StatementTables(
            tuple(map(Path, partial)),
            self.species,
            self.labels,
            self._names.recording,
            self._check_statements,
            judge_chosen,
        )
        self._is_folder = self.source.is_dir()
        if self._is_folder and files is not None:
            self._files = {recording: Path(file) for recording, file in files.items()}
        elif self._is_folder:
            found = match_files(self.source, self._ids, self.statements.paths)
            self._files, self._strangers, self.beside = found.of, found.strangers, found.beside

    @property
    def is_folder(self) -> bool:
        """Whether each recording has a file of its own."""
        return self._is_folder

    @property
    def without_recording(self) -> list[str]:
        """Files of the folder, or names in the table, that fit no recording; sorted."""
        return self._strangers if self._is_folder else sorted(self._table.without_recording)

    def files_found(self) -> list[Path]:
        """Files of the folder that belong to a recording, or to none though they could."""
        if not self._is_folder:
            return [self.source, *self.statements.paths]
        return [*self._files.values(), *map(Path, self._strangers), *self.statements.paths]

    def readings(self) -> Iterator[tuple[Path, Reading]]:
        """Yield what each file holds, in the order of its recordings.

        Raises
        ------
        UserError
            If anything is wrong in them, where that is an error.
        """
        if not self._is_folder:
            yield self.source, self._table
        for recording, file in sorted(self._files.items()):
            yield file, self._reading(recording)
        yield from self.statements.readings

    def file(self, recording: str) -> Path | None:
        """Return the file that the annotations of a recording stand in, or None."""
        if self._is_folder:
            return self._files.get(recording)
        return self.source if self.has_own(recording) else None

    def annotated(self, recording: str) -> bool:
        """Tell whether a person listened to the recording, to all or a part, whatever was heard."""
        return self.has_own(recording) or bool(self.statements.of(recording))

    def has_own(self, recording: str) -> bool:
        """Tell whether the source itself has annotations of the recording, or that it has none."""
        if self._is_folder and not self.skips:
            return recording in self._files
        return recording in self._reading(recording).annotations

    @property
    def problems(self) -> list[Problem]:
        """All that is skipped, in the order of files and lines; empty where it is an error."""
        if not self.skips:
            return []
        of_statements = [each for _, read in self.statements.readings for each in read.problems]
        if not self._is_folder:
            return [*self._table.problems, *of_statements]
        own = [each for name in sorted(self._files) for each in self._parse(name).problems]
        return own + of_statements

    def beyond(self, durations: Mapping[str, float]) -> list[Problem]:
        """Calls that start, or end by far, after the end of their recording.

        Only who has read the recording knows. An end may be late by a second or a twentieth of the
        recording: annotators draw past the edge.

        Parameters
        ----------
        durations
            Of each usable recording, in s.

        Raises
        ------
        UserError
            If there are any and they are not skipped.
        """
        found = []
        files = self.statements.files
        for recording, duration in sorted(durations.items()):
            for call in self.annotations(recording):
                if call.end < inf and is_past_end(call, duration):
                    late, time = (
                        ("start", call.start) if call.start > duration else ("end", call.end)
                    )
                    at = f"{late} {time:g} of {call.species.strip()}"
                    article = "a start" if late == "start" else "an end"
                    expected = f"{article} within the {duration:g} s of {recording}"
                    if late == "end":
                        expected += " (is the second column something else, such as a frequency?)"
                    file = files.get((recording, call), str(self.file(recording)))
                    found.append(Problem(file, call.line, at, expected, recording))
        if not self.skips:
            self._refuse(found)
        return found

    def annotations(self, recording: str) -> tuple[Annotation, ...]:
        """Return the annotations of a recording, of all species, sorted; none if not annotated.

        Raises
        ------
        UserError
            If anything in its file is wrong: with all problems of all recordings.
        """
        if recording not in self._sorted:
            self._sorted[recording] = tuple(sorted(self._all(recording), key=Annotation.key))
        return self._sorted[recording]

    def own(self, recording: str) -> Sequence[Annotation]:
        """What the source itself has of a recording."""
        return self._reading(recording).annotations.get(recording, ())

    def _all(self, recording: str) -> Sequence[Annotation]:
        """What the source has of a recording, and statements about species of the config."""
        own, mine = self.own(recording), self._stated(recording)
        if not mine:
            return own
        return [*own, *mine] if self.has_own(recording) else [NOWHERE, *mine]

    def _stated(self, recording: str) -> list[Annotation]:
        """Statements that add something to the annotations of a recording.

        That a species is absent is known where the recording is annotated as a whole.
        """
        mine = self.statements.of(recording)
        if mine and self.has_own(recording) and not is_partial([*self.own(recording), *mine]):
            return [each for each in mine if not each.species.startswith(marked(ABSENT))]
        return mine

    def speaking(
        self,
        recordings: Iterable[str],
        counts: Counts | None = None,
    ) -> list[str]:
        """Tables of statements that add something to the annotations of any of the recordings.

        Parameters
        ----------
        recordings
            Their ids.
        counts
            Which statements count, as `digest` takes it.
        """
        files = self.statements.files
        found = {
            files[recording, each]
            for recording in recordings
            for each in self._stated(recording)
            if is_used(each, recording, self.species, counts)
        }
        return [str(path) for path in self.statements.paths if str(path) in found]

    def check_statements(self, durations: Mapping[str, float] | None = None) -> None:
        """Refuse statements that others, or calls, speak against.

        Parameters
        ----------
        durations
            Of recordings, in s, where they are known.

        Raises
        ------
        UserError
            With the lines, and what the others say.
        """
        of = {}
        for name in self.statements.recordings:
            own = self.own(name) if self.has_own(name) else [NOWHERE]
            of[name] = [*own, *self.statements.of(name)]
        files = {name: str(self.file(name)) for name in of if self.has_own(name)}
        problems = find_contradictions(of, self.statements.files, files, durations)
        if problems:
            raise UserError(
                f"annotations.partial: {counted(len(problems), 'statement')} contradicted by "
                "something else. Correct these lines and run again:\n"
                + listing([str(problem) for problem in problems])
            )

    def digest(
        self,
        recordings: Iterable[str],
        species: Iterable[str] | None = None,
        counts: Counts | None = None,
    ) -> str:
        """Return a short SHA-256 of what the recordings' annotations mean for the species.

        Without `species`, for all that the source was made for. `counts` tells which annotations
        of a recording count; by default all do.

        It changes with an annotation of a configured species and with whether a recording is
        annotated; not with line ends, comments, the order of lines or other species.

        Raises
        ------
        UserError
            If anything in their files is wrong: with all problems of all recordings.
        """
        sha = hashlib.sha256()
        wanted = self.species if species is None else frozenset(species)
        for recording in sorted(set(recordings)):
            sha.update(self._digest_of(recording, wanted, counts))
        return sha.hexdigest()[:16]

    def digests(
        self,
        recordings: Iterable[str],
        names: Collection[str],
        using: Callable[[str, Annotation], set[str]],
    ) -> dict[str, str]:
        """As `digest`, under several names; `using` gives those that an annotation counts for."""
        shas = {name: hashlib.sha256() for name in names}
        for recording in sorted(set(recordings)):
            is_annotated = self.annotated(recording)
            calls = self._all(recording) if is_annotated else ()
            counting = [users(each, recording, self.species, names, using) for each in calls]
            digests: dict[tuple[int, ...], bytes] = {}
            for name, sha in shas.items():
                used = tuple(number for number, of in enumerate(counting) if name in of)
                if used not in digests:
                    mine = [calls[number] for number in used]
                    digests[used] = digest_of(recording, is_annotated, mine, self.species, None)
                sha.update(digests[used])
        return {name: sha.hexdigest()[:16] for name, sha in shas.items()}

    def _digest_of(
        self,
        recording: str,
        wanted: frozenset[str],
        counts: Counts | None,
    ) -> bytes:
        """Digest one recording; kept where all calls count: each fold and job asks again."""
        digest = self._digests.get((recording, wanted)) if counts is None else None
        if digest is None:
            is_annotated = self.annotated(recording)
            calls = self._all(recording) if is_annotated else ()
            digest = digest_of(recording, is_annotated, calls, wanted, counts)
            if counts is None:
                self._digests[recording, wanted] = digest
        return digest

    def check_names(self) -> None:
        """Refuse a source of which nothing belongs to any recording, nor any statement.

        Raises
        ------
        UserError
            With a name that was found and one that was expected.
        """
        is_empty = not self._strangers if self._is_folder else not self.without_recording
        if is_empty and self.statements.recordings:
            return
        if self._is_folder and not self._files:
            raise UserError(self._no_match())
        if not self._is_folder and not self._table.annotations:
            names = self.without_recording
            found = f'names such as "{names[0]}"' if names else "no rows"
            raise UserError(
                f"Annotations: no row of {self.source} belongs to a recording: found {found}, "
                f"expected {self._example()}, with or without folder and extension."
            )

    def present(self, length: float) -> dict[str, frozenset[str]]:
        """Tell in which recordings each species of the config calls, as far as labels will know.

        Parameters
        ----------
        length
            Of a clip, in s.
        """
        heard: dict[str, set[str]] = {species: set() for species in self.species}
        for recording in self.recordings:
            for species, stretches in self.called(recording, length).items():
                if stretches:
                    heard[species].add(recording)
        return {species: frozenset(where) for species, where in sorted(heard.items())}

    def called(self, recording: str, length: float) -> dict[str, list[tuple[float, float]]]:
        """Stretches of a recording, in s, that make clips positive for each species of the config.

        Parameters
        ----------
        recording
            Its id.
        length
            Of a clip, in s.
        """
        found = self.annotations(recording)
        if any(stated(each.species) for each in found):
            return {species: called(found, species, length) for species in self.species}
        of: dict[str, list[tuple[float, float]]] = {species: [] for species in self.species}
        for call in found:
            if call.species in of:
                of[call.species].append((call.start, call.end))
        return of

    def named(self) -> frozenset[str]:
        """Every species that annotations of the recordings name, of the config or not."""
        calls = (call for each in self.recordings for call in self.own(each))
        return frozenset(call.species for call in calls) - {LISTENED}

    def check(self, recordings: Iterable[str] | None = None) -> None:
        """Read the annotations of `recordings`, by default of all, and list what is wrong.

        Raises
        ------
        UserError
            One, with all problems of all files.
        """
        if not self._is_folder:
            _ = self._table
            return
        if self.skips:
            return
        names = self._files if recordings is None else set(recordings).intersection(self._files)
        readings = [self._parse(recording) for recording in sorted(names)]
        self._refuse([problem for reading in readings for problem in reading.problems])

    def _reading(self, recording: str) -> Reading:
        if not self._is_folder:
            return self._table
        if recording not in self._files:
            return Reading()
        reading = self._parse(recording)
        if reading.problems and not self.skips:
            self.check()
        return reading

    def _parse(self, recording: str) -> Reading:
        if recording not in self._read:
            file = self._files[recording]
            reading = self._load(file, recording)
            if self.skips:
                _leave_out_unreadable(reading)
            self._read[recording] = reading
        return self._read[recording]

    @cached_property
    def _table(self) -> Reading:
        with _paused_collector():
            reading = self._load(self.source, None)
        if self.skips and not any(problem.whole for problem in reading.problems):
            _leave_out_unreadable(reading)
        else:
            self._refuse(reading.problems)
        return reading

    def _load(self, file: Path, recording: str | None) -> Reading:
        try:
            data = file.read_bytes()
        except OSError as error:
            found, expected = error.strerror or str(error), "a file that can be read"
            problem = Problem(str(file), 1, found, expected, recording or "", whole=True)
            return Reading(problems=[problem])
        resolve = partial(self._names.recording, owner=recording)
        reading = read_annotations(
            data,
            str(file),
            self.species,
            resolve,
            recording,
            self.format,
            self.columns,
            self.labels,
        )
        self._names.refuse_folders(file)
        return reading

    def _check_statements(self, path: Path, problems: Sequence[Problem]) -> None:
        self._names.refuse_folders(path)
        if not self.skips:
            self._refuse(problems)

    def _refuse(self, problems: Sequence[Problem]) -> None:
        if problems:
            files = len({problem.file for problem in problems})
            advice = "" if self.skips else " (or leave them out with annotations.on_error: skip)"
            raise UserError(
                f"Annotations in {self.source}: {counted(len(problems), 'problem')} in "
                f"{counted(files, 'file')}. Correct these lines and run again{advice}:\n"
                + listing([str(problem) for problem in problems])
            )

    def _no_match(self) -> str:
        if not self._strangers:
            endings = ", ".join(SUFFIXES + OTHERS)
            return f"Annotations: no {endings} file in {self.source} or its folders."
        return (
            f"Annotations: none of the {counted(len(self._strangers), 'file')} in {self.source} "
            f"belongs to a recording: found files such as {Path(self._strangers[0]).name}, "
            f"expected {self._example()} and an extension. (Is it a table of all recordings? Then "
            "give the table itself, not its folder.)"
        )

    def _example(self) -> str:
        return f'ids such as "{self.recordings[0]}"' if self.recordings else "no recording at all"


def annotations_of(
    source: str | Path | Sequence[str],
    recordings: Sequence[str],
    settings: Mapping[str, Any],
    files: Mapping[str, str] | None = None,
) -> dict[str, tuple[Annotation, ...]]:
    """Read the annotations of each annotated recording, as `AnnotationSource` takes its source.

    Parameters
    ----------
    source, recordings, files
        As for `AnnotationSource`.
    settings
        Its `species`, `format`, `columns`, `labels`, `listened` and `judge_chosen`.
    """
    read = AnnotationSource(source, recordings, **settings, files=files)
    return {name: read.annotations(name) for name in recordings if read.annotated(name)}


def _leave_out_unreadable(reading: Reading) -> None:
    """Make recordings of which nothing could be read ones that nobody listened to.

    An empty list would say that nothing was heard there.
    """
    lost = {p.recording for p in reading.problems if p.whole}
    lost |= {p.recording for p in reading.problems if not reading.annotations.get(p.recording)}
    for recording in lost:
        reading.annotations.pop(recording, None)


@contextmanager
def _paused_collector() -> Iterator[None]:
    """Spare the search for garbage among a million new rows, a quarter of the time to read them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
