"""Salts that deal every species to every part, and how even the parts are.

Standard library only: asked at parse time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import fsum

from anurans.recordings.names import Recording
from anurans.splits.fold_files import TEST
from anurans.splits.requirements import lacks, needs
from anurans.splits.splits import (
    HELD_OUT,
    TRAIN,
    VALIDATION,
    Split,
    assign,
    fold_of,
    given_folds,
    groups_of,
    parts,
    role_in,
)

# Those that are tried where one is looked for.
SALTS = tuple(map(str, range(256)))


def find_salt(
    split: Split, recordings: Sequence[Recording], present: Mapping[str, frozenset[str]]
) -> str | None:
    """First of 256 salts that fills every part, with every species in each if one of them does."""
    groups = groups_of(split, recordings)
    dealt = given_folds(split, recordings) if split.by == "file" else {}
    # Rare species decide most salts with few roles.
    heard = sorted(
        (
            [name for name in where if name in groups]
            for species, where in present.items()
            if species not in split.allow_missing
        ),
        key=len,
    )

    def fills(salted: Split, strict: bool) -> bool:
        """Whether `lacks` would find nothing, from no more roles than that takes."""

        def some(names: Iterable[str], fold: str, within: tuple[str, ...]) -> bool:
            return any(role(name, fold) in within for name in names)

        def role(name: str, fold: str) -> str:
            group = groups[name]
            of = dealt[name].fold if dealt else fold_of(salted, group)
            return role_in(salted, group, of, fold)

        return all(
            all(some(names, fold, within) for names in heard if within)
            and some(groups, fold, (part,))
            for fold, part, within in needs(salted, strict)
        )

    usable = None
    for salt in SALTS:
        salted = replace(split, salt=salt)
        if fills(salted, strict=True):
            return salt
        if usable is None and fills(salted, strict=False):
            usable = salt
    return usable


def shares(split: Split) -> dict[str, float]:
    """Share of the groups that each part aims at, in one fold."""
    test = 0.0 if isinstance(split.test, tuple) else split.test
    rest = 1.0 - test
    held_out = rest / split.folds if split.folds else 0.0
    validation = (rest - held_out) * split.validation_share
    aimed = {
        TRAIN: rest - held_out - validation,
        VALIDATION: validation,
        HELD_OUT: held_out,
        TEST: test,
    }
    return {part: aimed[part] for part in parts(split) if aimed[part]}


def imbalance(
    split: Split,
    roles: Mapping[str, Mapping[str, str]],
    amounts: Mapping[str, Mapping[str, float]],
) -> float:
    """Tell how far the parts of a split are from holding what they should of each species.

    Parameters
    ----------
    split
        The split.
    roles
        Of the annotated recordings, from `assign`.
    amounts
        For each species (and, under any other name, for whatever else shall be divided evenly),
        how much each recording has of it.

    Returns
    -------
    float
        Root mean square, over folds, parts and species, of (share of the species' total that is
        in the part - share that the part aims at) / share that the part aims at. 0 where each
        part has the overall proportions.
    """
    errors = []
    for fold in split.fold_names:
        for part, aimed in shares(split).items():
            for amount in amounts.values():
                inside = fsum(n for r, n in amount.items() if roles[r][fold] == part)
                errors.append(inside / fsum(amount.values()) / aimed - 1.0)
    return (fsum(error**2 for error in errors) / len(errors)) ** 0.5


def rank_salts(
    split: Split,
    recordings: Sequence[Recording],
    present: Mapping[str, frozenset[str]],
    amounts: Mapping[str, Mapping[str, float]],
) -> list[tuple[str, float, bool]]:
    """Salts, most even first, each with its imbalance and whether every part has every species.

    Those that cannot be used are left out; the ones with every species in every part come first.

    Parameters
    ----------
    split
        The split, whose salt does not count.
    recordings
        The annotated recordings.
    present, amounts
        As `lacks` and `imbalance` take them.
    """
    found = []
    for salt in SALTS:
        salted = replace(split, salt=salt)
        roles = assign(salted, recordings)
        if not lacks(salted, roles, present):
            full = not lacks(salted, roles, present, strict=True)
            found.append((salt, imbalance(salted, roles, amounts), full))
    return sorted(found, key=lambda row: (not row[2], row[1], int(row[0])))
