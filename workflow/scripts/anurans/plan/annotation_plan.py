"""Where a config's annotations are, and digests of those that a job uses."""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

from anurans.annotations.counts import count_annotations
from anurans.annotations.sources import AnnotationSource
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
        self._config = config["annotations"]
        keys = ("format", "columns", "on_error", "labels", "listened")
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
        source = AnnotationSource(self._config["source"], self._recordings.ids, **self.settings)
        source.check_names()
        return source

    def path(self) -> str:
        """Folder or table of the annotations, refused where there is none."""
        return str(self.source.source)

    @cached_property
    def annotated(self) -> list[Recording]:
        """The recordings that somebody listened to."""
        return [each for each in self._recordings.all if self.source.annotated(each.recording)]

    def files(self, shard: str) -> dict[str, str]:
        """Annotation file of each annotated recording of a shard."""
        ids = self._recordings.ids_of(shard)
        files = {recording: self.source.file(recording) for recording in ids}
        return {recording: str(file) for recording, file in files.items() if file}

    def digests_of(self, shard: str) -> dict[str, str]:
        """Digest of the annotations of each recording of a shard."""
        ids = self._recordings.ids_of(shard)
        return {recording: self.source.digest([recording]) for recording in ids}

    def digests(self) -> dict[str, str]:
        """Digest of the annotations of each annotated recording."""
        return {each.recording: self.source.digest([each.recording]) for each in self.annotated}

    def digest(self) -> str:
        """Digest of all annotations of the configured species."""
        return self.source.digest(self._recordings.ids)

    def counts(self) -> str:
        """Digest of what is counted in results/annotations.csv."""
        rows = count_annotations(self.source, self._recordings.ids)
        return sha256(repr(rows).encode()).hexdigest()[:16]

    def copied_path(self) -> str | list[str]:
        """As `path`, where annotations decide which clips are copied; else nothing."""
        return self.path() if self._copied else []

    @property
    def copied_settings(self) -> dict[str, Any] | None:
        """How to read the annotations that decide which clips are copied; None where all are."""
        return self.settings if self._copied else None

    def copied_files(self, shard: str) -> dict[str, str] | None:
        """Annotation files that decide which clips of a shard are copied; None where all are."""
        return self.files(shard) if self._copied else None

    def copied_digest(self, shard: str) -> str | None:
        """Digest of the annotations that decide which clips are copied; None where all are."""
        ids = self._recordings.ids_of(shard)
        return self.source.digest(ids, self._copied) if self._copied else None
