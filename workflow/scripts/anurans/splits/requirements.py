"""What the parts of a split must hold.

Standard library only: asked at parse time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from anurans.splits.splits import TRAIN, VALIDATION, Split, parts


def lacks(
    split: Split,
    roles: Mapping[str, Mapping[str, str]],
    present: Mapping[str, frozenset[str]],
    strict: bool = False,
) -> list[str]:
    """What a split lacks, as sentences.

    Parameters
    ----------
    split
        The split.
    roles
        Of the annotated recordings, from `assign`.
    present
        The recordings that each species calls in.
    strict
        Whether held-out and test parts must hold every species as well.
    """
    of = {
        (fold, part): {name for name, role in roles.items() if role[fold] == part}
        for fold in split.fold_names
        for part in parts(split)
    }
    found = []
    for fold, part, within in needs(split, strict):
        if not of[fold, part]:
            found.append(f"fold {fold}: no annotated recording in {part}")
            continue
        members = set().union(*(of[fold, each] for each in within))
        for species, where in present.items() if within else ():
            if species not in split.allow_missing and not members & where:
                found.append(
                    f"fold {fold}: {species} calls in none of the {len(members)} recordings "
                    f"in {' and '.join(within)} (in {len(where)} of all {len(roles)})"
                )
    return found


def needs(split: Split, strict: bool) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each fold and part that must not be empty, and the parts that must hold every species."""
    filled = parts(split)
    within: tuple[str, ...]
    for fold in split.fold_names:
        for part in filled:
            if strict:
                within = (part,)
            elif split.by == "site" or (split.together and part == VALIDATION):
                # A site may lack a species: its scores are empty where it was not learnt.
                within = ()
            else:
                within = (part,) if part in (TRAIN, split.validates_on) else ()
            if within and split.together and part == TRAIN and VALIDATION in filled:
                within = (TRAIN, VALIDATION)
            yield fold, part, within


def lost(
    members: Mapping[str, Iterable[str]],
    calls: Mapping[str, Iterable[str]],
    required: Sequence[str],
) -> list[str]:
    """What parts lack once the recordings that cannot be used are left out, as sentences.

    Parameters
    ----------
    members
        The usable recordings of each part.
    calls
        The species that call in each usable recording that is annotated.
    required
        The species that each part needs.
    """
    found = []
    for part, names in members.items():
        heard = [set(calls[name]) for name in names if name in calls]
        if not heard:
            found.append(f"{part}: no annotated recording can be used")
            continue
        for species in required:
            if not any(species in of for of in heard):
                found.append(f"{part}: {species} calls in none of {len(heard)} usable recordings")
    return found
