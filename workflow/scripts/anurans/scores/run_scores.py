"""One run judged: its clips, what is true and what its heads said, and the rows made of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anurans.annotations.labels import LabelRule, LabelTable, decide_all, known_all
from anurans.common.tables import format_score
from anurans.scores.evaluation import (
    Part,
    score_part,
    score_rules,
    tune_apart,
    tune_thresholds,
)
from anurans.scores.summary import CONVERGED
from anurans.splits.splits import HELD_OUT, TEST, TRAIN, VALIDATION, drawn_group

# Columns of predictions.tsv before those of each species.
PREDICTION = ("clip", "recording", "group", "role", "used")


@dataclass(frozen=True, slots=True)
class RunClips:
    """The original clips of a run.

    Attributes
    ----------
    table
        Their label table.
    rule
        By which they are positive.
    labels, known : np.ndarray [shape=(n, species), dtype=bool]
        Labels, False where nobody knows; and which are known and may judge.
    used : np.ndarray [shape=(n,), dtype=bool]
        Whether the rule leaves a clip in, and something is known of it.
    scores : np.ndarray [shape=(n, species)]
        Of what was learnt from, by fits that left it out.
    role, group : np.ndarray [shape=(n,)]
        Role in the run's fold, and what intervals resample.
    unseen : np.ndarray [shape=(n,), dtype=bool], or None
        Clips that such a fit left out; None where the run has no inner folds.
    """

    table: LabelTable
    rule: LabelRule
    labels: np.ndarray
    known: np.ndarray
    used: np.ndarray
    scores: np.ndarray
    role: np.ndarray
    group: np.ndarray
    unseen: np.ndarray | None

    @property
    def species(self) -> list[str]:
        """Codes, in the order of the columns."""
        return list(self.table.species)

    @property
    def judged(self) -> np.ndarray:
        """Scores [shape=(n, species)] of labels that are known; NaN elsewhere."""
        return np.where(self.known, self.scores, np.nan)

    def part(self, of: np.ndarray) -> Part:
        """Those of some clips (a mask) that the rule leaves in."""
        of = of & self.used
        return Part(self.labels[of], self.judged[of], self.table.recording[of], self.group[of])

    def tuned_on(self, validation: str) -> Part:
        """Clips that thresholds are tuned on: those left out by inner folds, else a part's."""
        return self.part(self.role == validation if self.unseen is None else self.unseen)


def gather_clips(
    table: LabelTable,
    rule: LabelRule,
    clips: Sequence[str],
    scores: np.ndarray,
    unseen: Mapping[str, Sequence[float]] | None,
    roles: Mapping[str, Mapping[str, str]],
    fold: str,
    by: str,
) -> RunClips:
    """Put labels, scores and roles of clips together.

    Parameters
    ----------
    table, rule
        What is true.
    clips, scores : np.ndarray [shape=(m, species)]
        Ids and scores of all clips that the heads were given.
    unseen
        Scores by fits that left the clip out, from `anurans.heads.unseen.read_unseen`.
    roles
        Rows of the split's table, by clip.
    fold
        Of the run.
    by
        What its split keeps together.
    """
    labels, used = decide_all(table.species, rule)
    known = known_all(table.species) & ~table.chosen
    used &= known.any(axis=1)
    row_of = {clip: row for row, clip in enumerate(clips)}
    scores = scores[np.array([row_of[clip] for clip in table.clip], dtype=int)]
    for at, clip in enumerate(table.clip):
        if unseen and clip in unseen:
            scores[at] = unseen[clip]
    role = [roles[clip][f"fold-{fold}"] for clip in table.clip]
    if by == "site":
        # A species that calls at no site that was learnt from was not learnt: it has no score.
        learnt = np.isin(np.array(role), (TRAIN, VALIDATION) if unseen else (TRAIN,))
        scores[:, ~labels[learnt & used].any(axis=0)] = np.nan
    group = [drawn_group(roles[clip], by) for clip in table.clip]
    left_out = [clip in unseen for clip in table.clip] if unseen else None
    return RunClips(
        *(table, rule, labels, known, used, scores),
        *(np.array(role, dtype=object), np.array(group, dtype=object)),
        None if left_out is None else np.array(left_out, dtype=bool),
    )


def judge_run(
    clips: RunClips,
    tuned: Sequence[Mapping[str, Any]],
    thresholds: np.ndarray,
    run: Mapping[str, Any],
    training: Mapping[str, Any],
    resamples: int,
    seed: int,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Score every part of a run.

    Parameters
    ----------
    clips
        Its clips.
    tuned
        Rows of `anurans.scores.evaluation.tune_thresholds`.
    thresholds : np.ndarray [shape=(n, species)]
        That each clip is judged at, from `thresholds_at`.
    run
        Columns that say what it is.
    training
        What the training tells of itself.
    resamples, seed
        Of intervals.

    Returns
    -------
    metrics, labelling : list of dict
        Rows of metrics.tsv and labelling.tsv.
    """
    species = clips.species
    kept = ("epochs", "best_epoch", "parameters_head", "parameters_total")
    about = {"converged": CONVERGED[training["converged"]]} | {key: training[key] for key in kept}
    about["weights_mb"] = training["parameters_total"] * 4 / 1e6
    decided = {f"threshold_{row['species']}": row["threshold"] for row in tuned}
    decided |= {f"threshold_source_{row['species']}": row["source"] for row in tuned}
    metrics, labelling = [], []
    for subset in (VALIDATION, HELD_OUT, TEST):
        mine = np.flatnonzero((clips.role == subset) & clips.known.any(axis=1))
        if len(mine):
            covered = {name: clips.table.species[name][mine] for name in species}
            ambiguous = clips.rule.ambiguous
            judged = score_rules(species, covered, clips.judged[mine], thresholds[mine], ambiguous)
            labelling += [{**run, **row, "subset": subset} for row in judged]
        of = (clips.role == subset) & clips.used
        if of.any():
            scored = score_part(species, clips.part(of), thresholds[of], resamples, seed)
            metrics.append({**run, "subset": subset, **scored, **decided, **about})
    return metrics, labelling


def tune_run(clips: RunClips, validation: str) -> list[dict[str, Any]]:
    """Tune the threshold of each species.

    Parameters
    ----------
    clips
        Of the run.
    validation
        Role of the clips for it where the run has no inner folds.
    """
    return tune_thresholds(clips.species, clips.tuned_on(validation))


def thresholds_at(
    clips: RunClips, tuned: Sequence[Mapping[str, Any]], validation: str
) -> np.ndarray:
    """Threshold that each clip and species is judged at [shape=(n, species)].

    That of the run; of the validation part, whose clips thresholds are tuned on, one tuned on
    other groups (`tune_apart`), so that recipes that set a validation part aside and those that
    learn from it are judged alike.

    Parameters
    ----------
    clips, validation
        As `tune_run` takes them.
    tuned
        What it gave.
    """
    thresholds = [row["threshold"] for row in tuned]
    found = np.tile(thresholds, (len(clips.scores), 1))
    of = (clips.role == VALIDATION) & clips.used
    found[of] = tune_apart(clips.tuned_on(validation), clips.part(of), thresholds)
    return found


def prediction_rows(clips: RunClips, thresholds: np.ndarray) -> Iterator[dict[str, str | int]]:
    """Rows of predictions.tsv: score, decision and label of each clip and species."""
    for at, clip in enumerate(clips.table.clip):
        about = (clip, clips.table.recording[at], clips.group[at], clips.role[at])
        row = dict(zip(PREDICTION, (*about, int(clips.used[at])), strict=True))
        for column, name in enumerate(clips.species):
            score = float(clips.scores[at, column])
            row |= {
                # Empty where no fit had left out the clip and learnt of the species.
                f"score_{name}": format_score(score),
                f"predicted_{name}": int(score >= thresholds[at, column]),
                # Empty where nobody knows.
                f"label_{name}": int(clips.labels[at, column]) if clips.known[at, column] else "",
            }
        yield row
