"""Who is trained on and who is judged: roles that do not move when annotations change.

Standard library only: the roles are known at parse time, from the names of the recordings.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from sys import intern

from anurans.common.errors import UserError, listing
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
# Stands for a fold where one training learns from all that the folds do: all but the test part.
REFIT = "refit"


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
            f"splits.{split.name}.test: found {', '.join(unknown)}, where no recording is from; "
            f"expected some of {', '.join(sorted(set(groups.values())))}."
        )
    if split.by != "file":
        return assign_groups(split, groups)
    dealt = given_folds(split, recordings)
    roles = {name: _roles(split, each.group, each.fold) for name, each in dealt.items()}
    return _shared(roles)


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
    roles = {group: _roles(split, group, fold_of(split, group)) for group in set(groups.values())}
    roles = _shared(roles)
    return {member: roles[group] for member, group in groups.items()}


def _shared(roles: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The same, with one object for all that have the same roles: there are few kinds of them."""
    kinds: dict[tuple[str, ...], dict[str, str]] = {}
    return {name: kinds.setdefault((*each.values(),), each) for name, each in roles.items()}


def role_of(split: Split, group: str, fold: str) -> str:
    """Role of a group in one fold, where the salt deals the groups; as that of `assign_groups`."""
    return role_in(split, group, fold_of(split, group), fold)


def _roles(split: Split, group: str, of: str) -> dict[str, str]:
    return {fold: role_in(split, group, of, fold) for fold in split.fold_names}


def fold_of(split: Split, group: str) -> str:
    """Fold that leaves a group out, or `test`, where the salt deals the groups."""
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


def roles_of(rows: Iterable[Mapping[str, str]], fold: str) -> dict[str, str]:
    """Role of each clip in a fold, or in the refit, of rows of a split's table.

    Examples
    --------
    >>> rows = [{"clip": "a", "fold-1": "held_out"}, {"clip": "b", "fold-1": "test"}]
    >>> roles_of(rows, "1"), roles_of(rows, "refit")
    ({'a': 'held_out', 'b': 'test'}, {'a': 'train', 'b': 'test'})
    """
    if fold != REFIT:
        return {row["clip"]: intern(row[f"fold-{fold}"]) for row in rows}
    learnt = {TRAIN, VALIDATION, HELD_OUT}
    first = ((row["clip"], intern(row["fold-1"])) for row in rows)
    return {clip: TRAIN if role in learnt else role for clip, role in first}


def role_in(split: Split, group: str, of: str, fold: str) -> str:
    """Role in one fold of a group that the fold `of` leaves out; `of` is as `fold_of` gives it."""
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


def is_in(split: Split, group: str, of: str, fold: str, wanted: set[str]) -> bool:
    """Tell whether `role_in` gives one of the wanted roles; asked of each clip of each call."""
    if of not in (TEST, fold) and not split.sites and {TRAIN, VALIDATION} <= wanted:
        return True
    return role_in(split, group, of, fold) in wanted


def parts(split: Split) -> tuple[str, ...]:
    """Parts that a split must fill."""
    held_out = (HELD_OUT,) if split.folds else ()
    validation = (VALIDATION,) if split.validation_share else ()
    # A file may name test recordings whatever the share.
    test = (TEST,) if split.test and split.by != "file" else ()
    return (TRAIN, *validation, *held_out, *test)


def in_roles(roles: Mapping[str, Mapping[str, str]], fold: str, wanted: Iterable[str]) -> list[str]:
    """Recordings whose role in `fold` is one of `wanted`, sorted."""
    wanted = set(wanted)
    return sorted(recording for recording, role in roles.items() if role[fold] in wanted)
