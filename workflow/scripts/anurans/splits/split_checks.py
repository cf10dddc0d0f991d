"""Splits that cannot be used, refused with what would help.

Standard library only: asked at parse time.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from anurans.common.errors import UserError, listing
from anurans.recordings.names import Recording
from anurans.splits.requirements import lacks
from anurans.splits.salts import find_salt
from anurans.splits.splits import Split, assign, group_of


def refuse_unheard(
    split: Split, present: Mapping[str, frozenset[str]], named: Iterable[str] = ()
) -> None:
    """Refuse a split that needs a species that is annotated nowhere: no salt and no share helps.

    Parameters
    ----------
    split
        The split; what `allow_missing` names may be annotated nowhere.
    present
        The recordings that each species calls in.
    named
        Every species that the annotations name, those of the config or others.

    Raises
    ------
    UserError
        With each such species, and a species of the annotations that is written nearly so.
    """
    unheard = [name for name, at in present.items() if not at and name not in split.allow_missing]
    if not unheard:
        return
    lines = []
    for species in unheard:
        close = difflib.get_close_matches(species, sorted(named), n=1)
        lines.append(f"{species}{f' (did you mean {close[0]}?)' if close else ''}")
    raise UserError(
        f"species: found in no annotation, so splits.{split.name} cannot divide them:\n"
        f"{listing(lines)}\n"
        "Write each code under species: as the annotations do (snakemake results/annotations.csv "
        "lists those), or take it out. Where its annotations are still to come, let it be missing "
        f"with splits.{split.name}.allow_missing."
    )


def check(
    split: Split, recordings: Sequence[Recording], present: Mapping[str, frozenset[str]]
) -> None:
    """Refuse a split with an empty part, or without a species in training or validation.

    Parameters
    ----------
    split
        The split.
    recordings
        The annotated recordings.
    present
        The recordings that each species calls in.

    Raises
    ------
    UserError
        With the counts, and a salt that would do.
    """
    groups = {group_of(recording, split.by) for recording in recordings}
    if split.by != "file" and split.folds > len(groups) > 0:
        kind = "annotated recordings" if split.by == "recording" else f"{split.by}s"
        raise UserError(
            f"splits.{split.name}.folds: found {split.folds}, more than there are {kind} "
            f"({len(groups)}), which are not divided; lower it, or set it to 0 for one plain "
            "training."
        )
    found = lacks(split, assign(split, recordings), present)
    if not found:
        return
    refuse_unheard(split, present)
    if split.sites:
        raise UserError(
            f"splits.{split.name} cannot be used with these recordings:\n{listing(found)}\n"
            "Each site is left out once: with two there is none to validate on (validation: 0)."
        )
    if (salt := find_salt(split, recordings, present)) is not None:
        advice = f'Set splits.{split.name}.salt: "{salt}"'
    elif split.by == "file":
        advice = f"None of 256 salts does better; correct {split.file}"
    else:
        advice = "None of 256 salts does better; use fewer folds or a larger share"
    if any("calls in none" in each for each in found):
        advice += (
            ". To let a rare species be missing, set "
            f"splits.{split.name}.allow_missing: [<species>]"
        )
    raise UserError(
        f"splits.{split.name} cannot be used with these recordings:\n{listing(found)}\n{advice}."
        f"{_still_lacking(split, salt, recordings, present)}"
    )


def _still_lacking(
    split: Split,
    salt: str | None,
    recordings: Sequence[Recording],
    present: Mapping[str, frozenset[str]],
) -> str:
    """Say what parts lack with a salt that can be used; empty where they lack nothing."""
    if salt is None:
        return ""
    salted = replace(split, salt=salt)
    found = lacks(salted, assign(salted, recordings), present, strict=True)
    if not found:
        return ""
    return (
        f"\nNo salt puts every species into every part. With this one there is no score where\n"
        f"{listing(found)}\nUse fewer folds, or annotate more."
    )
