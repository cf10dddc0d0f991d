"""Who is trained on and who is judged: roles that do not move when annotations change.

Standard library only: the roles are known at parse time, from the names of the recordings.
"""

import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import fsum

from anurans.common.errors import UserError, listing
from anurans.common.wording import be
from anurans.recordings.names import Recording
from anurans.recordings.times import time_of_day, utc_of
from anurans.splits.fold_files import ALL, TEST, Dealt, deal, read_fold_file

TRAIN, VALIDATION, HELD_OUT = "train", "validation", "held_out"
# Groups of these follow from the time of each clip, whatever recording it is of.
TIMED = ("night", "date")
# Fold of sites that nobody annotated anything of, where each site is left out once.
NOWHERE = "0"
# Role of recordings whose sound is that of another one, which is used.
LEFT_OUT = "left_out"
# Those that are tried where one is looked for.
SALTS = tuple(map(str, range(256)))


@dataclass(frozen=True, slots=True)
class Split:
    """A way to divide recordings: `by` what they are grouped, and which share goes where.

    `test` and `validation` are shares in [0, 1), or `validation` is `test`, where that part is
    looked at while training (with `allow_leak`); by `site`, `test` may name sites. `folds` is 0 for
    one plain training; `sites` are those that folds leave out, one each, where no salt deals them.
    `allow_missing` names species that may be absent from training or validation. `together` says
    that all that is run learns from training and validation parts alike.
    """

    name: str
    by: str
    test: float | tuple[str, ...] = 0.3
    folds: int = 5
    validation: float | str = 0.2
    salt: str = ""
    file: str | None = None
    allow_missing: tuple[str, ...] = ()
    allow_leak: bool = False
    together: bool = False
    sites: tuple[str, ...] = ()

    @property
    def validates_on(self) -> str:
        """Part that early stopping and thresholds look at."""
        return TEST if self.validation == TEST else VALIDATION

    @property
    def validation_share(self) -> float:
        """Share of the training groups that validate."""
        return 0.0 if self.validation == TEST else float(self.validation)

    @property
    def leaks(self) -> bool:
        """Whether what is judged was learnt from, or looked at, by design."""
        return self.by == "clip" or self.validation == TEST

    @property
    def is_timed(self) -> bool:
        """Whether the group of a clip follows from its time."""
        return self.by in TIMED

    @property
    def fold_names(self) -> tuple[str, ...]:
        """Folds of the split, "1" to its number, or just "all"."""
        return _fold_names(self.folds)


@cache
def _fold_names(folds: int) -> tuple[str, ...]:
    return tuple(str(fold) for fold in range(1, folds + 1)) or (ALL,)


def place(salt: str, *parts: str) -> float:
    """Place of `parts` in [0, 1), by SHA-256: it depends on nothing else.

    Examples
    --------
    >>> round(place("salt", "POND_20200101"), 3)
    0.225
    """
    digest = hashlib.sha256("\0".join((str(salt), *parts)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def group_of(recording: Recording, by: str, seconds: float = 0.0) -> str:
    """Group of a recording, so many s after its beginning: its id, or the night or date then.

    By `clip` each clip is a group; the recording's is its id. Recordings of a site whose clock was
    not set are one group where nights or dates are: nobody knows which of them are of one.
    """
    if by == "recording":
        return recording.first or recording.recording
    if by in ("file", "clip"):
        return recording.recording
    if by == "site":
        return recording.site
    if recording.not_set:
        return f"clock not set, {recording.site}" if recording.site else "clock not set"
    if by == "night":
        return recording.night_at(seconds)
    return time_of_day(recording.date, recording.time, seconds, recording.utc, recording.zone)[0]


def parts_of(
    recording: Recording, by: str, calls: Iterable[tuple[float, float]], length: float
) -> dict[str, Recording]:
    """Parts of a recording that splits by night or date deal, as far as its calls tell them.

    A long recording goes on into the next night, and its clips with it.

    Parameters
    ----------
    recording
        The recording.
    by
        What the split keeps together.
    calls
        Start and end of each, in s.
    length
        Of a clip, in s.

    Returns
    -------
    dict
        By group: the recording where it begins, and one that stands for each later part.
    """
    found = {group_of(recording, by): recording}
    if by not in TIMED or not recording.time:
        return found
    calls = list(calls)
    last = max((end for _, end in calls), default=0.0)
    if group_of(recording, by, last) in found:
        return found
    for start, end in calls:
        for clip in touched(start, end, length):
            at = clip * length
            group = group_of(recording, by, at)
            if group not in found:
                date, time = time_of_day(
                    recording.date, recording.time, at, recording.utc, recording.zone
                )
                utc = utc_of(recording.utc, at)
                id = f"{recording.recording} ({group})"
                found[group] = replace(recording, recording=id, date=date, time=time, utc=utc)
    return found


def touched(start: float, end: float, length: float) -> range:
    """Numbers of the clips of `length` that a call touches, all in s."""
    return range(int(start // length), int(end // length) + 1)


def unit_of(by: str, rows: Iterable[Mapping[str, str]]) -> str:
    """What a group of a split is; in a file of folds that names no groups, a recording.

    Parameters
    ----------
    by
        What the split keeps together.
    rows
        Of the split's table, of the clips that matter.
    """
    if by != "file":
        return by
    return "group" if any(row["group"] != row["recording"] for row in rows) else "recording"


def groups_of(split: Split, recordings: Sequence[Recording]) -> dict[str, str]:
    """Group of each recording in a split; of one by file, as the file says.

    Raises
    ------
    UserError
        When the file has mistakes, or names not all of the recordings.
    """
    if split.by != "file":
        return {each.recording: group_of(each, split.by) for each in recordings}
    return {name: dealt.group for name, dealt in given_folds(split, recordings).items()}


def drawn_group(row: Mapping[str, str], by: str) -> str:
    """Group that intervals draw a clip with: a site, that of a file, else its night or recording.

    Parameters
    ----------
    row
        Of the split's table.
    by
        What the split keeps together.
    """
    if by == "site" or (by == "file" and row["group"] != row["recording"]):
        return row["group"]
    return row["night"] or row["group" if by == "recording" else "recording"]


def given_folds(split: Split, recordings: Sequence[Recording]) -> dict[str, Dealt]:
    """Fold and group of each recording, of the file of a split by `file`.

    Raises
    ------
    UserError
        When the file has mistakes, other folds than the split, or not all of the recordings.
    """
    if split.file is None:
        raise ValueError(f"split {split.name} is by {split.by}, not by file")
    file = read_fold_file(split.file)
    if contradiction := file.contradiction(split.name, split.folds):
        raise UserError(contradiction)
    names = [each.recording for each in recordings]
    dealt = deal(file, names)
    missing = sorted(set(names) - set(dealt))
    if missing:
        example = f' (it has names such as "{file.rows[0].recording}")' if file.rows else ""
        raise UserError(
            f"splits.{split.name}.file: {split.file}{example} gives no fold for these recordings; "
            f"expected their ids, with or without the ending of an audio file:\n{listing(missing)}"
        )
    for each in recordings:
        mine, first = dealt[each.recording], dealt[each.first or each.recording]
        if mine.fold != first.fold:
            raise UserError(
                f"splits.{split.name}.file: {split.file} gives {each.recording} and {each.first} "
                f"the folds {mine.fold} and {first.fold}, but they are channels of one file, "
                f"{each.path}; give both the same."
            )
        if mine.group == each.recording:
            dealt[each.recording] = first
    return dealt


def assign(split: Split, recordings: Sequence[Recording]) -> dict[str, dict[str, str]]:
    """Role of each recording in each fold.

    A group's place in [0, 1) is a hash of the salt and the group: below `split.test` it is test.
    Its fold is a second hash; in fold f, the groups of fold f are held out, and of the other
    folds those whose third hash, of f too, is below `split.validation` validate.

    Returns
    -------
    dict of dict
        `roles[recording][fold]`, one of train, validation, held_out, test.

    Raises
    ------
    UserError
        When a recording has no group, or none in the split's file.
    """
    groups = {r.recording: group_of(r, split.by) for r in recordings}
    without = sorted(recording for recording, group in groups.items() if not group)
    if without:
        what = "sites" if split.by == "site" else "dates and times"
        raise UserError(
            f"splits.{split.name}.by is {split.by}, but the names of these recordings tell no "
            f"{split.by} (recordings.pattern); give {what} in a table of recordings, or "
            f"split by recording:\n{listing(without)}"
        )
    if isinstance(split.test, tuple) and (unknown := sorted({*split.test} - {*groups.values()})):
        raise UserError(
            f"splits.{split.name}.test: {', '.join(unknown)} {be(len(unknown))} no site of the "
            f"recordings; expected some of {', '.join(sorted(set(groups.values())))}."
        )
    if split.by != "file":
        return assign_groups(split, groups)
    dealt = given_folds(split, recordings)
    return {name: _roles(split, each.group, each.fold) for name, each in dealt.items()}


def assign_groups(split: Split, groups: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Role of each member of a group in each fold, where the salt deals the groups.

    Parameters
    ----------
    split
        The split.
    groups
        Group of each member: of each recording, or of each clip with the split by `clip`.

    Returns
    -------
    dict of dict
        As that of `assign`.
    """
    roles = {group: _roles(split, group, _fold(split, group)) for group in set(groups.values())}
    return {member: roles[group] for member, group in groups.items()}


def role_of(split: Split, group: str, fold: str) -> str:
    """Role of a group in one fold, where the salt deals the groups; as that of `assign_groups`."""
    return _role(split, group, _fold(split, group), fold)


def _roles(split: Split, group: str, of: str) -> dict[str, str]:
    return {fold: _role(split, group, of, fold) for fold in split.fold_names}


def _fold(split: Split, group: str) -> str:
    if _is_tested(split, group):
        return TEST
    if split.sites:
        return str(split.sites.index(group) + 1) if group in split.sites else NOWHERE
    names = split.fold_names
    return names[int(place(split.salt, "fold", group) * len(names))]


def _is_tested(split: Split, group: str) -> bool:
    if isinstance(split.test, tuple):
        return group in split.test
    return place(split.salt, group) < split.test


def _role(split: Split, group: str, of: str, fold: str) -> str:
    if of == TEST:
        return TEST
    if of == fold != ALL:
        return HELD_OUT
    if split.sites and of != NOWHERE:
        # Those that follow, so that no salt is needed: one at least, and one is left to train on.
        count = len(split.sites)
        most = min(max(1, round(split.validation_share * (count - 1))), count - 2)
        behind = (int(of) - int(fold)) % count
        return VALIDATION if split.validation_share and behind <= most else TRAIN
    validates = place(split.salt, "validation", fold, group) < split.validation_share
    return VALIDATION if validates else TRAIN


def parts(split: Split) -> tuple[str, ...]:
    """Parts that a split must fill."""
    held_out = (HELD_OUT,) if split.folds else ()
    validation = (VALIDATION,) if split.validation_share else ()
    # A file may name test recordings whatever the share.
    test = (TEST,) if split.test and split.by != "file" else ()
    return (TRAIN, *validation, *held_out, *test)


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
    for fold, part, within in _needs(split, strict):
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


def _needs(split: Split, strict: bool) -> Iterator[tuple[str, str, tuple[str, ...]]]:
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
        f"species: found in no annotation, so that splits.{split.name} cannot divide them:\n"
        f"{listing(lines)}\n"
        "Write each code under species: as the annotations do (snakemake results/annotations.csv "
        "lists those), take it out, or, where its annotations are still to come, let it through "
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
    raise UserError(
        f"splits.{split.name} cannot be used with these recordings:\n{listing(found)}\n"
        f"{advice}. A rare species can be let through with "
        f"splits.{split.name}.allow_missing: [<species>]."
    )


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
            of = dealt[name].fold if dealt else _fold(salted, group)
            return _role(salted, group, of, fold)

        return all(
            all(some(names, fold, within) for names in heard if within)
            and some(groups, fold, (part,))
            for fold, part, within in _needs(salted, strict)
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


def in_roles(roles: Mapping[str, Mapping[str, str]], fold: str, wanted: Iterable[str]) -> list[str]:
    """Recordings whose role in `fold` is one of `wanted`, sorted."""
    wanted = set(wanted)
    return sorted(recording for recording, role in roles.items() if role[fold] in wanted)
