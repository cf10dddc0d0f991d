"""Where a config's annotations are, and digests of those that a job uses."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

from anurans.annotations.counts import count_annotations
from anurans.annotations.formats import Annotation
from anurans.annotations.known import has_known, is_partial, present_time
from anurans.annotations.sources import AnnotationSource
from anurans.annotations.statements import without_chosen
from anurans.plan.kept_answers import kept
from anurans.plan.recording_plan import RecordingPlan
from anurans.recordings.names import Recording


class AnnotationPlan:
    """The annotations of the recordings to train on.

    Parameters
    ----------
    config
        A loaded config.
    recordings
        Its recordings.

    Attributes
    ----------
    settings
        How to read annotations.
    """

    def __init__(self, config: Mapping[str, Any], recordings: RecordingPlan) -> None:
        self._recordings = recordings
        self.answers = recordings.answers
        self._config = config["annotations"]
        keys = ("format", "columns", "on_error", "labels", "listened", "judge_chosen")
        self._species = list(config["species"])
        self._length = config["clips"]["length"]
        self.settings = {"species": list(config["species"])} | {
            key: self._config[key] for key in keys
        }
        # The species whose clips alone are copied; None where all are.
        self._copied = config["augmentation"]["species"]

    @cached_property
    def source(self) -> AnnotationSource:
        """Source of the annotations; only names are read until they are asked for.

        Raises
        ------
        UserError
            When there are no recordings, or no source, or its names have mistakes.
        """
        if self._recordings.absent:
            self._recordings.absent()
        paths = [self._config["source"], *self._config["partial"]]
        source = AnnotationSource(paths, self._recordings.ids, **self.settings)
        source.check_names()
        source.check_statements()
        return source

    @property
    def has_statements(self) -> bool:
        """Whether tables of statements stand beside the annotations."""
        return bool(self._config["partial"])

    @kept
    def every_path(self) -> str | list[str]:
        """Folder or table of the annotations, refused where there is none, and of statements."""
        own = str(self.source.source)
        return [own, *self._config["partial"]] if self.has_statements else own

    @kept
    def path(self) -> str | list[str]:
        """As `every_path`, of tables of statements those that say something of any recording."""
        return self.path_for(self._recordings.ids)

    def path_for(
        self,
        recordings: Iterable[str],
        counts: Callable[[str, Annotation], bool] | None = None,
    ) -> str | list[str]:
        """As `path`, of some recordings, and of the statements that `counts` tells.

        Another table is none of a job's inputs, so that naming it in the config starts no job that
        it says nothing to.
        """
        own = str(self.source.source)
        tables = self.source.speaking(recordings, counts) if self.has_statements else []
        return [own, *tables] if tables else own

    @kept
    def path_of(self, shard: str) -> str | list[str]:
        """As `path_for`, of the recordings of a shard."""
        return self.path_for(self._recordings.ids_of(shard))

    @cached_property
    def annotated(self) -> list[Recording]:
        """The recordings that somebody listened to, all of them or parts."""
        return [each for each in self._recordings.all if self.source.annotated(each.recording)]

    @kept
    def sites(self) -> list[str]:
        """Sites of which a recording is annotated, sorted."""
        return sorted({each.site for each in self.annotated} - {""})

    @cached_property
    def labelled(self) -> list[Recording]:
        """Those of which some clip may have a label."""
        if not (self._config["partial"] or self._config["listened"]):
            return self.annotated
        return [
            each
            for each in self.annotated
            if has_known(self.source.annotations(each.recording), self._species, self._length)
        ]

    def present(self) -> dict[str, frozenset[str]]:
        """Recordings in which each species calls, as far as labels of clips will know."""
        return self.source.present(self._length)

    @kept
    def calling(self) -> dict[str, list[str]]:
        """Recordings annotated in part in which each species calls somewhere, sorted.

        Models are judged by them: what is said of chosen clips does not count.
        """
        found: dict[str, list[str]] = {}
        for recording in sorted(self._recordings.ids):
            every = self.source.annotations(recording)
            judging = without_chosen(every)
            for species in self._species if is_partial(every) else ():
                if present_time(judging, species) or any(e.species == species for e in judging):
                    found.setdefault(species, []).append(recording)
        return found

    @kept
    def files(self, shard: str) -> dict[str, str]:
        """Annotation file of each annotated recording of a shard."""
        ids = self._recordings.ids_of(shard)
        files = {recording: self.source.file(recording) for recording in ids}
        return {recording: str(file) for recording, file in files.items() if file}

    @kept
    def digests_of(self, shard: str) -> dict[str, str]:
        """Digest of the annotations of each recording of a shard."""
        ids = self._recordings.ids_of(shard)
        return {recording: self.source.digest([recording]) for recording in ids}

    @kept
    def digests(self) -> dict[str, str]:
        """Digest of the annotations of each annotated recording."""
        return {each.recording: self.source.digest([each.recording]) for each in self.annotated}

    @kept
    def digest(self) -> str:
        """Digest of all annotations of the configured species."""
        return self.source.digest(self._recordings.ids)

    @kept
    def counts(self) -> str:
        """Digest of what is counted in results/annotations.csv."""
        rows = count_annotations(self.source, self._recordings.ids)
        return sha256(repr(rows).encode()).hexdigest()[:16]

    @kept
    def copied_path(self, shard: str) -> str | list[str]:
        """As `path_of`, where annotations decide which clips are copied; else nothing."""
        return self.path_of(shard) if self._copied else []

    @kept
    def copied_files(self, shard: str) -> dict[str, str] | None:
        """Annotation files that decide which clips of a shard are copied; None where all are."""
        return self.files(shard) if self._copied else None

    @kept
    def copied_digest(self, shard: str) -> str | None:
        """Digest of the annotations that decide which clips are copied; None where all are."""
        ids = self._recordings.ids_of(shard)
        return self.source.digest(ids, self._copied) if self._copied else None
