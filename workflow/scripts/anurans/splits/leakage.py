"""Proof that nothing scored was learnt from: what a run trained on against what it judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from anurans.annotations.labels import blocks_by, rows_by
from anurans.recordings.clips import ORIGINAL, ClipTable, clip_table
from anurans.recordings.names import start_of
from anurans.splits.datasets import overlaps, shown_by
from anurans.splits.inner_folds import NO_FOLD
from anurans.splits.splits import HELD_OUT, TEST, TIMED, TRAIN, VALIDATION, unit_of

SIDES = (TRAIN, VALIDATION, HELD_OUT, TEST)
UNITS = ("recordings", "nights", "clips")
KINDS = {"inner": "groups or copies", "sounds": "clips"}
RUN = ("split", "by", "backbone", "dataset", "recipe", "fold")
COLUMNS = (
    *RUN,
    *(f"{unit}_{side}" for unit in UNITS for side in SIDES),
    "copies_train",
    *("recordings_crossing", "nights_crossing", "groups_crossing", "clips_crossing"),
    "sounds_crossing",
    *("copies_overlapping", "inner_folds", "inner_by", "inner_crossing", "verdict"),
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A row of `results/checks/leakage.csv`, and the names of what stands on two sides."""

    row: dict[str, str | int]
    crossing: dict[str, list[str]] = field(default_factory=dict)
    allowed: bool = False

    @property
    def leaks(self) -> list[str]:
        """Sentences about what must not be.

        A split by clip may cross recordings and nights. Where the test part may be looked at while
        training, its clips stand on two sides; no copy of them may be trained on all the same.
        """
        of = self.crossing
        kinds = {
            "clips": "stand on two sides",
            "copies": "are trained on and overlap a clip outside of training",
            "groups": f"stand on two sides, though the split is by {self.row['by']}",
            "inner": "stand within and outside of one inner fold",
            "sounds": "are of one sound or file and stand on two sides",
        }
        return [
            f"{len(of[kind])} {KINDS.get(kind, kind)} {what}: {', '.join(of[kind][:5])}"
            + (", ..." if len(of[kind]) > 5 else "")
            for kind, what in kinds.items()
            if of[kind] and not (self.allowed and kind not in ("copies", "inner"))
        ]


def certify(
    run: Mapping[str, str],
    used: Iterable[Mapping[str, str]],
    scored: Iterable[Mapping[str, str]],
    roles: Iterable[Mapping[str, str]],
    originals: ClipTable,
    allowed: bool = False,
    sounds: Mapping[str, str] | None = None,
) -> Certificate:
    """Compare what a run was trained and validated on with what it was scored on.

    Parameters
    ----------
    run
        What the run is: the columns `RUN`.
    used
        Rows of its `clips.tsv`: every clip that it was trained or validated on.
    scored
        Rows of its `predictions.tsv`: every clip that it judged.
    roles
        Rows of the split's table; they tell the group and night of each clip, and what is outside
        of training.
    originals
        Every original clip, and where it lies.
    allowed
        Whether the split may look at the test part while training.
    sounds
        What recordings of equal sound, or of one file, have in common; of these alone.
    """
    known = sounds or {}
    role_of = {row["clip"]: row for row in roles}
    sides: dict[str, dict[str, set[str]]] = {unit: {} for unit in (*UNITS, "groups", "sounds")}

    def of_sound(clip: str, recording: str) -> str:
        """A clip's place in a sound that several recordings have."""
        if run["by"] == "clip" or recording not in known:
            return ""
        return f"{known[recording]} at {start_of(clip):g} s"

    def place(side: str, clip: str, recording: str) -> None:
        of = role_of[clip]
        for unit, name in (
            ("clips", clip),
            ("recordings", recording),
            ("nights", of["night"]),
            ("groups", of["group"]),
            ("sounds", of_sound(clip, recording)),
        ):
            if name:
                sides[unit].setdefault(name, set()).add(side)

    copies, learnt, inner, ungrouped = [], {TRAIN}, {}, []
    for row in used:
        if row["technique"] == ORIGINAL:
            place(row["role"], row["clip"], row["recording"])
            if row["inner_group"]:
                # Of a recipe with inner folds the validation part is learnt from too.
                learnt.add(VALIDATION)
                inner[row["clip"]] = row
            else:
                ungrouped.append(row["clip"])
        else:
            copies.append(row)
    for row in scored:
        if row["role"] in (HELD_OUT, TEST) and (row["used"] == "1" or _is_unknown(row)):
            place(row["role"], row["clip"], row["recording"])
    outside = originals[
        [role_of[clip][f"fold-{run['fold']}"] not in learnt for clip in originals.clip.tolist()]
    ]
    crossing = {
        unit: sorted(name for name, on in names.items() if len(on) > 1)
        for unit, names in sides.items()
    }
    crossing["copies"] = _overlapping(copies, outside)
    inner_by, crossing["inner"] = _check_inner(inner, copies, role_of, originals, run["by"])
    if inner:
        # Of a recipe with inner folds every original clip has a group.
        crossing["inner"] += [f"{clip} (no inner group)" for clip in ungrouped]
    told: dict[str, str | int] = {**run}
    for unit in UNITS:
        for side in SIDES:
            told[f"{unit}_{side}"] = sum(side in on for on in sides[unit].values())
    told["copies_train"] = len(copies)
    for unit in (*UNITS, "groups", "sounds"):
        told[f"{unit}_crossing"] = len(crossing[unit])
    told["copies_overlapping"] = len(crossing["copies"])
    told["inner_folds"] = len({each["inner_fold"] for each in inner.values()} - {"", NO_FOLD})
    told["inner_by"], told["inner_crossing"] = inner_by, len(crossing["inner"])
    certificate = Certificate(told, crossing, allowed)
    if certificate.leaks:
        told["verdict"] = "leaks"
    else:
        told["verdict"] = "leaks by design" if allowed or run["by"] == "clip" else "ok"
    return certificate


def _is_unknown(row: Mapping[str, str]) -> bool:
    """Whether nothing is known of a clip itself; it may be judged with its recording."""
    labels = [text for column, text in row.items() if column.startswith("label_")]
    return bool(labels) and not any(labels)


def _check_inner(
    inner: Mapping[str, Mapping[str, str]],
    copies: list[Mapping[str, str]],
    roles: Mapping[str, Mapping[str, str]],
    originals: ClipTable,
    by: str,
) -> tuple[str, list[str]]:
    """What inner folds keep together, and what of it they do not.

    Parameters
    ----------
    inner
        Rows of clips.tsv of the original clips, by clip.
    copies
        Rows of the copies, each with the inner folds whose fits left it out.
    roles
        Rows of the split's table, by clip.
    originals
        Every original clip.
    by
        What the split keeps together.

    Returns
    -------
    unit : str
        What the groups are; empty without inner folds, or where they are none that is known.
    crossing : list of str
        Groups that stand in two folds; and copies that a fit was given though they show something
        of the fold that it left out.
    """
    if not inner:
        return "", []
    units = {unit_of(by, [roles[clip] for clip in inner]): "group"}
    units = units | {unit: unit for unit in ("night", "recording") if unit not in units}
    unit = next(
        (
            name
            for name, column in units.items()
            if all(roles[clip][column] == row["inner_group"] for clip, row in inner.items())
        ),
        "",
    )
    folds: dict[tuple[str, str], set[str]] = {}
    for clip, row in inner.items():
        # Whatever the groups: a recording stands in one fold, unless clips are what is dealt, by
        # themselves or by their time. A group may be called as a recording is.
        own = row["recording"] if by != "clip" else clip
        if by in TIMED:
            own = "\0".join((own, roles[clip]["group"], roles[clip]["night"]))
        for name in (("group", row["inner_group"]), ("own", own)):
            folds.setdefault(name, set()).add(row["inner_fold"])
    crossing = sorted({name for (_, name), of in folds.items() if len(of) > 1})
    if not unit:
        crossing += [f"{clip} (no known group)" for clip in list(inner)[:1]]
    blank = {"copy": 1, "rate": 1.0, "masks": ""}
    table = clip_table({**blank, **row} for row in copies)
    numbers = {clip: int(row["inner_fold"]) for clip, row in inner.items() if row["inner_fold"]}
    shown = shown_by(table, originals, numbers)
    left_out = [set(map(int, row["inner_fold"].split())) for row in copies]
    crossing += [
        clip
        for clip, of, left in zip(table.clip.tolist(), shown, left_out, strict=True)
        if not of <= left
    ]
    return unit, sorted(crossing)


def _overlapping(copies: list[Mapping[str, str]], outside: ClipTable) -> list[str]:
    """Copies that overlap an original clip outside of training."""
    blank = {"copy": 1, "rate": 1.0, "masks": ""}
    table = clip_table({**blank, **row} for row in copies)
    near = rows_by(outside.recording)
    found = []
    for recording, rows in blocks_by(table.recording):
        if recording in near:
            crosses = overlaps(table[rows], outside[near[recording]]).any(axis=1)
            found += table.clip[rows[crosses]].tolist()
    return sorted(found)
