"""Digests of annotations: what a job that uses some of them depends on."""

import hashlib
from array import array
from collections.abc import Callable, Collection, Iterable
from math import inf

from anurans.annotations.formats import Annotation
from anurans.annotations.statements import HEARD, stated

# Tells which annotations of a recording count.
Counts = Callable[[str, Annotation], bool]


def digest_of(
    recording: str,
    is_annotated: bool,
    annotations: Iterable[Annotation],
    wanted: frozenset[str],
    counts: Counts | None,
) -> bytes:
    """SHA-256 of what the annotations of a recording mean for some species.

    Parameters
    ----------
    recording
        Its id.
    is_annotated
        Whether anybody listened to it.
    annotations
        All of them, in any order.
    wanted
        The species.
    counts
        Which annotations count; None where all do.
    """
    keys = sorted(
        each.key()
        for each in annotations
        if (counts is None and each.species in wanted) or is_used(each, recording, wanted, counts)
    )
    sha = hashlib.sha256(repr((recording, is_annotated, len(keys))).encode())
    for column in zip(*keys, strict=True):  # numbers as they are: their text takes time
        text = isinstance(column[0], str)
        sha.update(repr(column).encode() if text else array("d", column).tobytes())
    return sha.digest()


def is_used(
    call: Annotation,
    recording: str,
    wanted: frozenset[str],
    counts: Counts | None,
) -> bool:
    """Whether a job that asks for some species, and for what `counts`, depends on an annotation.

    Where somebody listened, for whatever species, decides whether all else is known.
    """
    said = stated(call.species)
    if said is None:
        return call.species in wanted and (counts is None or counts(recording, call))
    answer, name = said
    if answer == HEARD:
        return True
    is_long = call.end == inf
    return name in wanted and (counts is None or is_long or counts(recording, call))


def users(
    call: Annotation,
    recording: str,
    wanted: frozenset[str],
    names: Collection[str],
    using: Callable[[str, Annotation], set[str]],
) -> Collection[str]:
    """Names, of jobs or folds, that depend on an annotation, where `using` tells that of calls."""
    if not is_used(call, recording, wanted, None):
        return ()
    is_told = is_used(call, recording, wanted, lambda recording, call: False)
    return names if is_told else using(recording, call)
