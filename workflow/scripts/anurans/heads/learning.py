"""What a run learns from: its parts, their rows and labels, and what is refused of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anurans.annotations.formats import Annotation
from anurans.annotations.known import called, present_time
from anurans.annotations.labels import LabelRule
from anurans.common.errors import UserError, listing
from anurans.common.tables import format_score
from anurans.heads.dense import Head, Layer
from anurans.heads.logistic import Logistic, LogisticFit, fit_logistic
from anurans.networks.embedding_rows import Rows
from anurans.recordings.clips import ORIGINAL
from anurans.sounds.windows import combine
from anurans.splits.datasets import Embeddings, Part, label_windows, rows_of, shown_by
from anurans.splits.inner_folds import NO_FOLD, InnerFolds, choose_groups, deal_folds
from anurans.splits.requirements import lost
from anurans.splits.splits import TIMED, TRAIN, VALIDATION, unit_of

# Columns of clips.tsv before the scores and labels of each species.
COLUMNS = (
    *("role", "clip", "recording", "technique", "source_start", "source_end"),
    *("inner_fold", "inner_group"),
)
# Columns of the history.tsv of a logistic recipe.
PATH = ("species", "C", "loss", "chosen")
# Roles of a run that learns from its validation part too.
TOGETHER = f"{TRAIN} and {VALIDATION}"


@dataclass(frozen=True, slots=True)
class Piece:
    """Clips of one technique and role, and the embeddings that they are of."""

    role: str
    embeddings: Embeddings
    part: Part

    @property
    def original(self) -> bool:
        """Whether its clips are original ones."""
        return self.part.clips.technique[:1].tolist() == [ORIGINAL]


@dataclass(frozen=True, slots=True)
class Material:
    """Rows of embeddings that a head learns from.

    Attributes
    ----------
    rows
        One of each clip, or of each window of a clip.
    labels, known : np.ndarray [shape=(n, species), dtype=bool]
        Labels, False where nobody knows; and which are known.
    clip : np.ndarray [shape=(n,), dtype=int]
        Number of the clip of each row.
    """

    rows: Rows
    labels: np.ndarray
    known: np.ndarray
    clip: np.ndarray


def gather(
    pieces: Sequence[Piece],
    annotations: Mapping[str, Sequence[Annotation]],
    species: Sequence[str],
    rule: LabelRule,
    how: str,
) -> Material:
    """Gather the rows of clips, one piece after the other.

    Parameters
    ----------
    pieces
        The clips.
    annotations
        Of each annotated recording.
    species, rule
        What the labels are.
    how
        What becomes of windows: `pooled` averages those of a clip; else each is a row with labels
        of its own.
    """
    wanted = [(piece.embeddings, piece.part.clips.clip) for piece in pieces]
    rows = rows_of(wanted, how == "pooled")
    none = np.empty((0, len(species)), bool)
    labels, known, used, clip, done = [none], [none], [np.empty(0, bool)], [], 0
    for piece in pieces:
        part = piece.part
        if how == "pooled":
            of, sure, kept = part.labels, part.known, np.ones(len(part.clips), bool)
        else:
            of, sure, kept = label_windows(part, piece.embeddings, annotations, species, rule)
        labels.append(of)
        known.append(sure)
        used.append(kept)
        clips = np.arange(done, done + len(part.clips))
        clip.append(np.repeat(clips, len(of) // max(1, len(clips))))
        done += len(clips)
    kept = np.concatenate(used)
    numbers = np.concatenate([np.empty(0, int), *clip])
    return Material(
        rows.take(kept), np.concatenate(labels)[kept], np.concatenate(known)[kept], numbers[kept]
    )


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of a logistic recipe.

    Attributes
    ----------
    fit
        The fit to all rows.
    inner
        Inner folds of the original clips.
    folds
        Inner folds that each clip, original or copy, shows something of, as text.
    scores : np.ndarray [shape=(n, species)]
        Of each clip by the fit that left out its inner fold; NaN for copies, and where there is no
        such fit.
    """

    fit: LogisticFit
    inner: InnerFolds
    folds: list[str]
    scores: np.ndarray

    @property
    def about(self) -> dict[str, Any]:
        """What is kept of it beside the scores."""
        return {
            "epochs": None,
            "best_epoch": None,
            "inner_folds": self.inner.count,
            "inner_by": self.inner.unit,
            "converged": all(self.fit.converged),
        }


def learn_logistic(
    recipe: Logistic,
    pieces: Sequence[Piece],
    material: Material,
    roles: Mapping[str, Mapping[str, str]],
    by: str,
    how: str,
) -> Learnt:
    """Fit a logistic recipe to training and validation parts, with folds within them.

    Parameters
    ----------
    recipe
        The recipe.
    pieces
        Original clips first, then copies.
    material
        Their rows.
    roles
        Rows of the split's table, by clip: they tell group, night and recording.
    by
        What the split keeps together.
    how
        How scores of windows become a clip's: `max`, `mean` or `pooled`.
    """
    originals = [piece.part for piece in pieces if piece.original]
    clips = [clip for part in originals for clip in part.clips.clip.tolist()]
    labels = np.concatenate([part.labels for part in originals])
    inner = deal_folds(labels, _units(clips, roles, by), recipe.inner_folds)
    fold_of = dict(zip(clips, inner.fold.tolist(), strict=True)) if inner.count else {}
    shown: list[set[int]] = []
    for piece in pieces:
        table = piece.part.clips
        if piece.original:
            shown += [{fold_of[clip]} if fold_of else set() for clip in table.clip.tolist()]
        else:
            shown += shown_by(table, pieces[0].embeddings.clips, fold_of)
    scored = np.zeros(len(shown), int)
    scored[: len(clips)] = inner.fold
    out = np.zeros((len(shown), inner.count), dtype=bool)
    for row, numbers in enumerate(shown):
        out[row, [fold - 1 for fold in numbers]] = True
    folds, left_out = scored[material.clip], out[material.clip]
    fit = fit_logistic(recipe, material.rows, material.labels, folds, left_out, material.known)
    scores = np.full((len(shown), labels.shape[1]), np.nan)
    scores[: len(clips)] = _of_clips(fit.unseen, material.clip, len(clips), how)
    return Learnt(fit, inner, [" ".join(map(str, sorted(of))) for of in shown], scores)


def take_own_classes(
    pieces: Sequence[Piece],
    material: Material,
    roles: Mapping[str, Mapping[str, str]],
    by: str,
    how: str,
    species: Sequence[str],
) -> Learnt:
    """Take the scores of a network's own classes for what a head would say.

    Nothing is learnt, so that no clip need be left out of anything: thresholds are found on the
    clips that those of a logistic recipe are found on.

    Parameters
    ----------
    pieces, material, roles, by, how
        As `learn_logistic` takes them; rows are logits of the species that the network knows, which
        `embedding.classes` of the metadata names in order.
    species
        All species.

    Returns
    -------
    Learnt
        Scores of a species that the network does not know are NaN.
    """
    known = list(pieces[0].embeddings.metadata["embedding"]["classes"])
    kernel = np.zeros((len(known), len(species)), np.float32)
    bias = np.full(len(species), np.nan, np.float32)
    for row, name in enumerate(known):
        kernel[row, species.index(name)], bias[species.index(name)] = 1, 0
    head = Head([Layer("probability", kernel, bias, "sigmoid")])
    scores = head(material.rows[np.arange(len(material.rows))])
    clips = [clip for piece in pieces for clip in piece.part.clips.clip.tolist()]
    unit, groups = choose_groups(_units(clips, roles, by))
    inner = InnerFolds(np.zeros(len(clips), int), groups, unit)
    fit = LogisticFit(head, [], scores, (True,) * len(species))
    of_clips = _of_clips(scores, material.clip, len(clips), how)
    return Learnt(fit, inner, [NO_FOLD] * len(clips), of_clips)


def _units(
    clips: Sequence[str], roles: Mapping[str, Mapping[str, str]], by: str
) -> list[tuple[str, np.ndarray]]:
    """What inner folds may keep together, largest first, and the group of each clip."""
    rows = [roles[clip] for clip in clips]
    parts = {(row["recording"], row["night"]) for row in rows}
    # A recording that goes on into another night stays whole, unless clips are dealt by their time.
    is_whole = by in (*TIMED, "clip") or len(parts) == len({row["recording"] for row in rows})
    return [
        (unit, np.array([row[column] for row in rows], dtype=object))
        for unit, column in (
            (unit_of(by, rows), "group"),
            *([("night", "night")] if is_whole else []),
            ("recording", "group" if by == "recording" else "recording"),
        )
    ]


def _of_clips(scores: np.ndarray, clip: np.ndarray, count: int, how: str) -> np.ndarray:
    """Scores of the first clips, of those of their rows."""
    mine = clip < count
    scores, clip = scores[mine], clip[mine]
    found = np.full((count, scores.shape[1]), np.nan)
    first = np.flatnonzero(np.diff(clip, prepend=-1))
    last = np.append(first[1:], len(clip))
    sizes = last - first
    # Clips with as many rows are combined together; a window may have been left out.
    for size in np.unique(sizes):
        at = first[sizes == size]
        rows = at[:, None] + np.arange(size)
        found[clip[at]] = combine(scores[rows], "max" if how == "pooled" else how)
    return found


def path_rows(fit: LogisticFit, species: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows of the history.tsv of a logistic recipe: the loss of each penalty, if it was tried."""
    for row in fit.path:
        yield row | {"species": species[row["species"]], "C": f"{row['C']:g}"}


def by_role(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Pieces that are trained on, and those that are validated on."""
    train, validation = ([p for p in pieces if p.role == role] for role in (TRAIN, VALIDATION))
    return train, validation


def members_of(
    rows: Iterable[Mapping[str, str]], roles: Mapping[str, str], validation: str, together: bool
) -> dict[str, set[str]]:
    """Recordings of the parts that a run trains and validates on, or of both `together`."""
    found: dict[str, set[str]] = {}
    for row in rows:
        if (role := roles[row["clip"]]) in (TRAIN, validation):
            found.setdefault(TOGETHER if together else role, set()).add(row["recording"])
    return found


def refuse_empty(pieces: Iterable[Piece], split: str, fold: str, roles: str) -> None:
    """Refuse a training part without clips; `roles` is the path of the split's table."""
    if not any(len(piece.part.clips) for piece in pieces if piece.role == TRAIN):
        raise UserError(
            f"split {split}, fold {fold}: no clip to train on; see {roles} and "
            "results/annotations.csv."
        )


def count_pieces(pieces: Iterable[Piece], species: Sequence[str]) -> Iterator[str]:
    """Sentences about how many clips and positives each piece has."""
    for piece in pieces:
        clips, labels = piece.part.clips, piece.part.labels
        technique = clips.technique[0] if len(clips) else "no"
        counts = dict(zip(species, labels.sum(axis=0).tolist(), strict=True))
        unknown = (~piece.part.known).sum(axis=0).tolist()
        told = ", unknown " + str(dict(zip(species, unknown, strict=True))) if any(unknown) else ""
        yield f"{piece.role}: {len(clips)} {technique} clips, positives {counts}{told}"


def find_missing(
    pieces: Iterable[Piece], species: Sequence[str], together: bool
) -> list[tuple[str, str]]:
    """Species of which a part has no positive clip: pairs of the species and a sentence.

    Parameters
    ----------
    pieces
        What is trained and validated on.
    species
        The species.
    together
        Whether both are learnt from.
    """
    of: dict[str, list[Part]] = {}
    for piece in pieces:
        of.setdefault(TOGETHER if together else piece.role, []).append(piece.part)
    found = []
    for role, parts in of.items():
        if not any(len(part.clips) for part in parts):
            continue
        every = np.concatenate([part.labels for part in parts])
        known = np.concatenate([part.known for part in parts]).sum(axis=0)
        for name, has, n in zip(species, every.sum(axis=0).tolist(), known.tolist(), strict=True):
            if not has:
                found.append((name, f"{role}: none of {n} clips is positive for {name}"))
    return found


def refuse_missing(
    missing: Sequence[tuple[str, str]], required: Sequence[str], split: str, fold: str
) -> None:
    """Refuse a training without species that are required."""
    if problems := [sentence for name, sentence in missing if name in required]:
        raise UserError(
            f"split {split}, fold {fold}: cannot be used with these recordings:\n"
            f"{listing(problems)}\nGive splits.{split} another salt or fewer folds, or let a rare "
            f"species be missing: splits.{split}.allow_missing: [<species>]."
        )


def refuse_lost(
    members: Mapping[str, set[str]],
    annotations: Mapping[str, Sequence[Annotation]],
    required: Sequence[str],
    length: float,
    split: str,
    fold: str,
) -> None:
    """Refuse what only recordings filled that turned out to be unusable.

    Parameters
    ----------
    members
        Usable recordings of each part that is learnt from.
    annotations
        Of each annotated recording that can be used.
    required
        Species that each part needs.
    length
        Of what the network hears or sees at once, in s.
    split, fold
        Names, for the message.
    """
    calls = {
        name: {species for species in required if called(found, species, length)}
        for name, found in annotations.items()
    }
    if problems := lost(members, calls, required):
        at = f"splits.{split}"
        stated = sorted(
            species
            for species in required
            if any(present_time(found, species) for found in annotations.values())
        )
        why = (
            f"\nThat {', '.join(stated)} is present is stated of stretches longer than the "
            f"{length:g} s that this network takes in at once, too: such a statement trains "
            "nothing (docs/annotations.md)."
            if stated
            else ""
        )
        raise UserError(
            f"split {split}, fold {fold}: cannot be used without the "
            f"recordings that are left out (results/recordings.csv says why):\n{listing(problems)}"
            f"{why}\nMend these recordings, give {at} another salt or fewer folds, or let a rare "
            f"species be missing: {at}.allow_missing: [<species>]."
        )


def clip_rows(
    pieces: Iterable[Piece], species: Sequence[str], learnt: Learnt | None
) -> Iterator[dict[str, Any]]:
    """Rows of clips.tsv: what was learnt from, in which inner fold, with its score there."""
    at = 0
    for piece in pieces:
        part = piece.part
        for clip, labels, known in zip(part.clips.rows(), part.labels, part.known, strict=True):
            row = {name: piece.role if name == "role" else clip.get(name) for name in COLUMNS}
            scores = [np.nan] * len(species)
            if learnt:
                row["inner_fold"] = learnt.folds[at]
                row["inner_group"] = learnt.inner.group[at] if piece.original else ""
                scores = learnt.scores[at].tolist()
            for name, score, label, sure in zip(species, scores, labels, known, strict=True):
                row[f"score_{name}"] = format_score(score)
                row[f"label_{name}"] = int(label) if sure else ""
            yield row
            at += 1
