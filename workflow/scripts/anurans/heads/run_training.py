"""One training: what it is given put together, refused where it cannot be used, and learnt from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anurans.annotations.formats import Annotation
from anurans.annotations.labels import LabelRule
from anurans.annotations.sources import annotations_of
from anurans.common.errors import UserError
from anurans.common.tables import read_table
from anurans.common.versions import merge_versions
from anurans.heads.dense import Head
from anurans.heads.learning import (
    Learnt,
    Piece,
    by_role,
    find_missing,
    gather,
    learn_logistic,
    members_of,
    path_rows,
    refuse_empty,
    refuse_lost,
    refuse_missing,
    take_own_classes,
)
from anurans.heads.logistic import Logistic
from anurans.heads.recipes import ADAM, Recipe
from anurans.heads.training import Labelled, count_parameters, fit_head
from anurans.networks.own_classes import OWN
from anurans.splits.datasets import (
    Embeddings,
    check_same_backbone,
    chosen_copies,
    labelled,
    open_embeddings,
    trainable,
)
from anurans.splits.splits import REFIT, TRAIN, VALIDATION, roles_of


@dataclass(frozen=True, slots=True)
class Given:
    """What a training is given.

    Attributes
    ----------
    originals, copies
        Embeddings of the original clips, and of each technique's copies.
    annotations
        Of each annotated recording that can be used.
    species, rule
        What the labels are.
    table
        Rows of the split's table, one of each original clip.
    roles
        Role of each original clip in the run's fold.
    recipe
        Settings of the recipe but its solver.
    solver
        `adam`, `logistic` or `own`.
    by
        What the split keeps together.
    validation
        Role that is validated on.
    copied
        Which copies are learnt from, as `anurans.splits.datasets.chosen_copies` takes it.
    combine
        How scores of windows become a clip's.
    """

    originals: Embeddings
    copies: Sequence[Embeddings]
    annotations: Mapping[str, Sequence[Annotation]]
    species: Sequence[str]
    rule: LabelRule
    table: Sequence[Mapping[str, str]]
    roles: Mapping[str, str]
    recipe: Mapping[str, Any]
    solver: str
    by: str
    validation: str
    copied: str | Sequence[str]
    combine: str

    @property
    def together(self) -> bool:
        """Whether the validation part is learnt from too."""
        return self.solver != ADAM

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the libraries that made the embeddings."""
        return merge_versions(each.metadata["versions"] for each in [self.originals, *self.copies])


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training.

    Attributes
    ----------
    head
        The head.
    history
        Rows of history.tsv.
    learnt
        What fits that left clips out said of them; None of a head trained by epochs.
    about
        What the run says of its training.
    """

    head: Head
    history: Sequence[Mapping[str, Any]]
    learnt: Learnt | None
    about: Mapping[str, Any]


def open_given(
    originals: Sequence[str],
    copies: Sequence[str],
    annotations: str | Sequence[str],
    recordings: str,
    roles: str,
    fold: str,
    params: Any,
    recipe: Mapping[str, Any],
    solver: str,
    combine: str,
) -> Given:
    """Open what a run learns from.

    Parameters
    ----------
    originals, copies
        Shards of embeddings: of the original clips, and of each technique's copies one after the
        other.
    annotations
        Their source, and tables of statements.
    recordings
        Table of all recordings.
    roles, fold
        Table of the split, and the fold of the run, or `anurans.splits.splits.REFIT`.
    params
        Of the job: `settings`, whose `species` it learns, `reading` of annotations, `labelling`,
        `by`, `validation` and `copies`.
    recipe, solver, combine
        As `Given` has them.

    Raises
    ------
    UserError
        When embeddings were not all made alike.
    """
    clips = open_embeddings(originals)
    others = [open_embeddings(paths) for paths in chunks(copies, len(originals))]
    check_same_backbone([clips, *others])
    ids = [row["recording"] for row in read_table(recordings)]
    found = annotations_of(annotations, ids, params.reading)
    usable = sorted(clips.metadata["recordings"])
    table = read_table(roles)
    return Given(
        originals=clips,
        copies=others,
        annotations={name: found[name] for name in usable if name in found},
        species=params.settings["species"],
        rule=LabelRule(**params.labelling),
        table=table,
        roles=roles_of(table, fold),
        recipe=recipe,
        solver=solver,
        by=params.by,
        validation=params.validation if fold != REFIT else VALIDATION,
        copied=params.copies,
        combine=combine,
    )


def take_pieces(given: Given) -> list[Piece]:
    """The clips that a run learns from and validates on: original ones first, then copies."""
    originals, labels = given.originals, (given.annotations, given.species, given.rule)
    role = np.array([given.roles[clip] for clip in originals.clips.clip], dtype=object)
    pieces = [
        Piece(name, originals, labelled(originals, role == part, *labels))
        for name, part in ((TRAIN, TRAIN), (VALIDATION, given.validation))
    ]
    learnt_roles = (TRAIN, VALIDATION) if given.together else (TRAIN,)
    for embeddings in given.copies:
        allowed = trainable(embeddings.clips, originals.clips, given.roles, learnt_roles)
        part = labelled(embeddings, allowed, *labels)
        pieces.append(Piece(TRAIN, embeddings, chosen_copies(part, given.copied, given.species)))
    return pieces


def check_pieces(
    given: Given, pieces: Sequence[Piece], required: Sequence[str], at: tuple[str, str], roles: str
) -> list[str]:
    """Refuse what cannot be trained on, and say what is missing of the rest.

    Parameters
    ----------
    given, pieces
        What is learnt from.
    required
        Species that each part needs.
    at
        Split and fold, for messages.
    roles
        Path of the split's table, for messages.

    Returns
    -------
    list of str
        Sentences about species that are missing in a part.

    Raises
    ------
    UserError
        When a part is empty, or lacks a species that it needs.
    """
    refuse_empty(pieces, *at, roles)
    missing = find_missing(pieces, given.species, given.together)
    refuse_missing(missing, required if given.by == "clip" else (), *at)
    members = members_of(given.table, given.roles, given.validation, given.together)
    made = given.originals.metadata
    shown = made["clips"]["length"]
    if "spectrogram" not in made:
        shown = made["embedding"]["samples"] / made["embedding"]["sr"]
    refuse_lost(members, given.annotations, required, shown, *at)
    return [sentence for _, sentence in missing]


def learn(
    given: Given,
    pieces: Sequence[Piece],
    engine: str,
    seed: int,
    tell: Callable[[int, Mapping[str, float]], None],
    keep: Callable[[int, Head], None],
) -> Trained:
    """Train the head of a run.

    Parameters
    ----------
    given, pieces
        What is learnt from.
    engine, seed, tell, keep
        As `anurans.heads.training.fit_head` takes them; the solver `adam` alone does.
    """
    how = given.annotations, given.species, given.rule, given.combine
    if given.together:
        rows = {row["clip"]: row for row in given.table}
        known = pieces, gather(pieces, *how), rows, given.by, given.combine
        if given.solver == OWN:
            learnt = take_own_classes(*known, given.species)
        else:
            learnt = learn_logistic(Logistic(**given.recipe), *known)
        history = list(path_rows(learnt.fit, given.species))
        return Trained(learnt.fit.head, history, learnt, learnt.about)
    learnt_from, checked_on = (gather(each, *how) for each in by_role(pieces))
    if not learnt_from.known.any():
        raise UserError(
            "no window of a training clip has a label. Each is unknown (annotations.partial), or "
            "dropped because a call touches it without making it positive. Set "
            "labelling.ambiguous: negative, or choose a rule of labelling that asks for less."
        )
    train = Labelled(learnt_from.rows, learnt_from.labels, learnt_from.known)
    validation = None
    if checked_on.known.any():
        validation = Labelled(checked_on.rows, checked_on.labels, checked_on.known)
    recipe = Recipe(**given.recipe)
    if validation is None and recipe.early_stopping:
        raise UserError(
            "no clip of the validation part has a known label, so nothing tells when to stop; "
            "annotate recordings of that part, give the split another salt, or set "
            "early_stopping: null."
        )
    fit = fit_head(recipe, train, validation, seed, tell, keep, engine)
    about = {"epochs": len(fit.history), "best_epoch": fit.best_epoch, "converged": fit.converged}
    return Trained(fit.head, fit.history, None, about)


def describe_run(
    trained: Trained, settings: Mapping[str, Any], seed: int, engine: str, embeddings: Embeddings
) -> dict[str, Any]:
    """What a run says of itself, in the metadata of its scores.

    Parameters
    ----------
    trained
        What came of it.
    settings
        `species` and `recipe`.
    seed, engine
        With which it was trained.
    embeddings
        Of the original clips.
    """
    head = count_parameters(trained.head)
    about = {**settings, "seed": seed, "engine": engine, **trained.about}
    about["parameters_head"] = head
    about["parameters_total"] = head + embeddings.metadata["embedding"]["parameters"]
    return about


def refuse_no_numbers(
    head: Head, scores: np.ndarray, recipe: str, backbone: str, rate: str = "learning_rate"
) -> None:
    """Refuse scores [shape=(n, species)] that are no numbers, of species that the head knows."""
    known = ~np.isnan(head.layers[-1].bias)
    if not np.isfinite(scores[:, known]).all():
        raise UserError(
            f"recipe {recipe}: training on {backbone} did not converge (scores "
            f"are not numbers); lower its {rate} in the config, or set standardize: true."
        )


def chunks(paths: Sequence[str], size: int) -> list[Sequence[str]]:
    """Files of each technique, where each has so many."""
    return [paths[first : first + size] for first in range(0, len(paths), size)]
