"""How far people agree who answered the same questions."""

import warnings
from collections.abc import Iterable

import numpy as np
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from anurans.review.verdicts import ANSWERS, Answer

AGREEMENT = ("queue", "species", "people", "questions", "agreed", "kappa", "measure")
DISAGREEMENT = ("queue", "question", "recording", "start", "end", "species", "answers", "notes")


def measure_agreement(answers: Iterable[Answer]) -> list[dict[str, object]]:
    """Measure the agreement of people, by queue and species, and over all species.

    Of two people Cohen's kappa (1960, A coefficient of agreement for nominal scales), of more
    Fleiss' (1971, Measuring nominal scale agreement among many raters), over the questions that all
    of them answered, `unsure` being an answer like others. Both are 1 where all agree and 0 where
    they do as often as chance would have it.

    Returns
    -------
    list of dict
        Rows of `AGREEMENT`; `kappa` is None where all gave one answer to everything, of which
        chance would make as much, or where no question was answered by all.
    """
    of: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for one in answers:
        queue, question, species = one.key
        for code, name in ((species, question), ("", f"{question} {species}")):
            of.setdefault((queue, code), {}).setdefault(name, {})[one.who] = one.answer
    rows = []
    for (queue, species), questions in sorted(of.items()):
        people = sorted({who for given in questions.values() for who in given})
        if len(people) < 2:
            continue
        shared = [given for given in questions.values() if len(given) == len(people)]
        row: dict[str, object] = {"queue": queue, "species": species or "all"}
        row |= {"people": ", ".join(people), "questions": len(shared)}
        row["agreed"] = sum(len(set(given.values())) == 1 for given in shared)
        row["measure"] = "Cohen" if len(people) == 2 else "Fleiss"
        rows.append(row | {"kappa": _kappa(people, shared)})
    return rows


def _kappa(people: list[str], shared: list[dict[str, str]]) -> float | None:
    """Kappa over answers [one per person] of each question."""
    codes = np.array([[ANSWERS.index(given[who]) for who in people] for given in shared])
    if not len(codes) or len(np.unique(codes)) == 1:
        return None
    with warnings.catch_warnings():
        # An answer that nobody gave has no variance.
        warnings.simplefilter("ignore", RuntimeWarning)
        if len(people) == 2:
            table = np.zeros((len(ANSWERS), len(ANSWERS)), int)
            np.add.at(table, tuple(codes.T), 1)
            return float(cohens_kappa(table).kappa)
        counts = np.stack([(codes == at).sum(axis=1) for at in range(len(ANSWERS))], axis=1)
        return float(fleiss_kappa(counts))


def list_disagreements(answers: Iterable[Answer]) -> list[dict[str, object]]:
    """List the questions to which people gave different answers, to be talked over.

    Returns
    -------
    list of dict
        Rows of `DISAGREEMENT`.
    """
    of: dict[tuple[str, str, str], list[Answer]] = {}
    for one in answers:
        of.setdefault(one.key, []).append(one)
    rows = []
    for _, given in sorted(of.items()):
        if len({one.answer for one in given}) == 1:
            continue
        given.sort(key=lambda one: one.who)
        row: dict[str, object] = {what: given[0].row[what] for what in DISAGREEMENT[:6]}
        row["answers"] = "; ".join(f"{one.who}: {one.answer}" for one in given)
        notes = (f"{one.who}: {one.row['note']}" for one in given if one.row["note"])
        rows.append(row | {"notes": "; ".join(notes)})
    return rows
