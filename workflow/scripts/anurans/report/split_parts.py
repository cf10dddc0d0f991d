"""Which part of a split judges each recording, and where recordings stand in its calendar."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from anurans.splits.splits import HELD_OUT, LEFT_OUT, TEST

# Middle of a mark from the left, from above, and its width.
Place = tuple[float, float, float]


def count_parts(rows: Iterable[Mapping[str, str]]) -> dict[str, Counter]:
    """Of each recording, how many of its clips each part judges.

    Parameters
    ----------
    rows
        Of the split's table, one of each clip.
    """
    parts: dict[str, Counter] = {}
    for clip in rows:
        if part_of(clip) == LEFT_OUT:
            continue
        parts.setdefault(clip["recording"], Counter())[part_of(clip)] += 1
    return parts


def part_of(clip: Mapping[str, str]) -> str:
    """Part that judges a clip: test, or the fold that holds it out; else what it is used for."""
    roles = {name: role for name, role in clip.items() if name.startswith("fold-")}
    held_out = [fold.replace("-", " ") for fold, role in roles.items() if role == HELD_OUT]
    return held_out[0] if held_out else next(iter(roles.values()))


def order(part: str) -> tuple[bool, str, int]:
    """Key that sorts folds by number, the test part last."""
    word, _, number = part.partition(" ")
    return part == TEST, word, int(number or 0)


def beside(at: Mapping[str, tuple[str, float]], nights: Sequence[str]) -> dict[str, Place]:
    """Places of recordings in a calendar; those of one time stand side by side.

    Parameters
    ----------
    at
        Night and hour of each.
    nights
        Those of the calendar, in order; recordings of others have no place.
    """
    columns = {night: x for x, night in enumerate(nights)}
    same: dict[tuple[str, float], list[str]] = {}
    for name, (night, hours) in at.items():
        if night in columns:
            same.setdefault((night, hours), []).append(name)
    return {
        name: (columns[night] + 0.8 * ((turn + 0.5) / len(names) - 0.5), hours, 0.8 / len(names))
        for (night, hours), names in same.items()
        for turn, name in enumerate(names)
    }


def strip(names: Sequence[str], columns: int) -> dict[str, Place]:
    """Places of recordings in rows of so many columns."""
    return {name: (at % columns, at // columns, 0.8) for at, name in enumerate(names)}


def tell_split(split: str, parts: Mapping[str, Counter], night: Mapping[str, str]) -> str:
    """Say in one sentence what a split keeps together.

    Parameters
    ----------
    split
        Its name.
    parts
        Of each recording, how many of its clips each part judges.
    night
        Of each recording; empty where it is not known.
    """
    mixed = sum(len(shares) > 1 for shares in parts.values())
    if mixed:
        return f"Split {split}: {mixed} of {len(parts)} recordings have clips in several parts"
    of: dict[str, set[str]] = {}
    for name, shares in parts.items():
        of.setdefault(night[name], set()).update(shares)
    of.pop("", None)
    torn = sum(len(shares) > 1 for shares in of.values())
    if torn:
        return f"Split {split}: whole recordings, but {torn} of {len(of)} nights in several parts"
    return f"Split {split}: each {'night' if of else 'recording'} is in one part only"
