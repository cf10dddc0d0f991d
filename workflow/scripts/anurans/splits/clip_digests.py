"""Digests of the annotations that touch clips, where clips are dealt and not recordings."""

from collections.abc import Sequence
from functools import cache

from anurans.annotations.formats import Annotation
from anurans.annotations.sources import AnnotationSource
from anurans.recordings.names import clip_id
from anurans.splits.splits import Split, role_of


def digest(
    source: AnnotationSource,
    recordings: Sequence[str],
    split: Split,
    fold: str,
    wanted: set[str],
    length: float,
) -> str:
    """Digest of the annotations that touch clips of some roles.

    Parameters
    ----------
    source
        Where the annotations are.
    recordings
        Ids of all recordings.
    split, fold
        The split by clip, and one of its folds.
    wanted
        The roles.
    length
        Of a clip, in s.
    """

    @cache
    def used(clip: str) -> bool:
        return role_of(split, clip, fold) in wanted

    def counts(recording: str, call: Annotation) -> bool:
        # The clip before counts too: a stretched copy of a recording's last clip may show what
        # comes after it and is in no clip.
        first = int(call.start // length)
        touched = range(max(first - 1, 0), int(call.end // length) + 1)
        return any(used(clip_id(recording, clip * length)) for clip in touched)

    return source.digest(recordings, counts=counts)
