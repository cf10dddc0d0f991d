"""Digests of the annotations that touch clips, where clips are dealt and not whole recordings."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from anurans.annotations.formats import Annotation
from anurans.annotations.sources import AnnotationSource
from anurans.recordings.names import Recording, clip_id
from anurans.splits.splits import Split, fold_of, group_of, is_in, role_of, touched


def digests(
    source: AnnotationSource,
    recordings: Sequence[str],
    split: Split,
    folds: Collection[str],
    wanted: set[str],
    length: float,
) -> dict[str, str]:
    """Digest of the annotations that touch clips of some roles in each fold.

    Parameters
    ----------
    source
        Where the annotations are.
    recordings
        Ids of all recordings.
    split, folds
        The split by clip, and the folds.
    wanted
        The roles.
    length
        Of a clip, in s.
    """
    return source.digests(recordings, folds, using(split, folds, wanted, length))


def using(
    split: Split, folds: Iterable[str], wanted: set[str], length: float
) -> Callable[[str, Annotation], set[str]]:
    """Tell in which folds an annotation of a recording touches clips of some roles."""

    def folds_of(recording: str, call: Annotation) -> set[str]:
        clips = [clip_id(recording, clip * length) for clip in _shown(call, length)]
        dealt = [(clip, fold_of(split, clip)) for clip in clips]
        return {fold for fold in folds if any(is_in(split, *each, fold, wanted) for each in dealt)}

    return folds_of


def digest_of_parts(
    source: AnnotationSource,
    whole: Collection[str],
    parted: Mapping[str, Recording],
    split: Split,
    fold: str,
    wanted: set[str],
    length: float,
) -> str:
    """Digest of the annotations in some roles, where long recordings have parts in several.

    Parameters
    ----------
    source
        Where the annotations are.
    whole
        Recordings in these roles that have one part.
    parted
        Long recordings of which a part is in these roles, by id.
    split, fold, wanted, length
        As `digest` takes them, of a split by night or date.
    """

    def counts(recording: str, call: Annotation) -> bool:
        clips = _shown(call, length)
        groups = {group_of(parted[recording], split.by, clip * length) for clip in clips}
        return any(role_of(split, group, fold) in wanted for group in groups)

    of_whole = source.digest(whole)
    if not parted:
        return of_whole
    of_parts = source.digest(parted, counts=counts)
    return hashlib.sha256(f"{of_whole} {of_parts}".encode()).hexdigest()[:16]


def _shown(call: Annotation, length: float) -> range:
    """Numbers of the clips that a call may be shown by, and the one before.

    A stretched copy of a recording's last clip may show what comes after it and is in no clip.
    """
    clips = touched(call.start, call.end, length)
    return range(max(clips.start - 1, 0), clips.stop)
