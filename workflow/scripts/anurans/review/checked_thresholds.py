"""Thresholds for a wanted precision, from the verdicts of what was drawn over the range of scores.

Wood & Kahl 2024 (Guidelines for appropriate use of BirdNET scores and other detector outputs,
Journal of Ornithology): whether a detection is right is a logistic regression on its score, and the
threshold is the score at which it is right as often as wanted. What lies above is right more often.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from anurans.common.errors import UserError
from anurans.common.wording import counted
from anurans.review.stratified_counts import FEWEST
from anurans.review.verdicts import PRESENT, UNSURE, Verdict

THRESHOLDS = (
    *("queue", "model", "species", "answers", "unsure", "right", "wanted"),
    *("threshold", "lower", "upper"),
    *("precision_above", "precision_lower", "precision_upper", "intercept", "slope", "note"),
)
_ABOVE = ("precision_above", "precision_lower", "precision_upper")
# Of either answer; with fewer a curve is drawn through nothing.
FEWEST_OF_KIND = 5
_CLOSEST = 1e-6
_ROUNDS, _ENOUGH, _STEP = 100, 1e-8, 2.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Probability of being right by the log-odds of the score.

    Attributes
    ----------
    coefficients : np.ndarray [shape=(2,)]
        Intercept and slope.
    covariance : np.ndarray [shape=(2, 2)]
        Of these, whatever the weights, and where answers of a group are alike.
    """

    coefficients: np.ndarray
    covariance: np.ndarray

    def crossing(self, wanted: float) -> tuple[float, float, float]:
        """Score at which the probability is as wanted, with its 95 % interval (delta method)."""
        intercept, slope = self.coefficients
        at = (logit(wanted) - intercept) / slope
        gradient = np.array([-1.0, -at]) / slope
        far = ndtri(0.975) * np.sqrt(gradient @ self.covariance @ gradient)
        middle, low, high = expit([at, at - far, at + far]).tolist()
        return middle, low, high


def fit_curve(
    right: np.ndarray, scores: np.ndarray, drawn: np.ndarray, groups: np.ndarray
) -> Curve:
    """Fit the logistic regression of answers on scores.

    Each answer weighs by one over the probability of having been drawn, scaled so that weights are
    1 in the mean. Estimates are Firth's (1993, Bias reduction of maximum likelihood estimates), who
    finds an end where scores part the answers without error. The covariance is the sandwich of
    sums over groups (Binder 1983, On the variances of asymptotically normal estimators from complex
    surveys), times G / (G - 1) of G groups.

    Parameters
    ----------
    right : np.ndarray [shape=(n,), dtype=bool]
        Of both kinds.
    scores : np.ndarray [shape=(n,)]
        From 0 to 1.
    drawn : np.ndarray [shape=(n,)]
        Probabilities of having been drawn.
    groups : np.ndarray [shape=(n,), dtype=int]
        Such as nights of a site, from 0; more than one.
    """
    x = np.stack([np.ones(len(scores)), logit(np.clip(scores, _CLOSEST, 1 - _CLOSEST))], axis=1)
    weights = len(drawn) / drawn / (1 / drawn).sum()
    beta = np.zeros(2)
    for _ in range(_ROUNDS):
        p = expit(x @ beta)
        spread = weights * p * (1 - p)
        inverse = np.linalg.inv(x.T @ (spread[:, None] * x))
        hat = spread * np.einsum("ij,jk,ik->i", x, inverse, x)
        step = inverse @ (x.T @ (weights * (right - p) + hat * (0.5 - p)))
        # A long step from far away overshoots to where nothing varies any more.
        step *= min(1.0, _STEP / max(np.abs(step).max(), _ENOUGH))
        beta = beta + step
        if np.abs(step).max() < _ENOUGH:
            break
    p = expit(x @ beta)
    inverse = np.linalg.inv(x.T @ ((weights * p * (1 - p))[:, None] * x))
    each = (weights * (right - p))[:, None] * x
    sums = np.zeros((groups.max() + 1, 2))
    np.add.at(sums, groups, each)
    sums = sums[np.unique(groups)]
    middle = sums.T @ sums * len(sums) / (len(sums) - 1)
    return Curve(beta, inverse @ middle @ inverse)


def precision_above(
    right: np.ndarray, scores: np.ndarray, drawn: np.ndarray, groups: np.ndarray, threshold: float
) -> tuple[float | None, float | None, float | None]:
    """Precision of all that scores at a threshold or above, with its 95 % interval.

    Answers weigh by one over the probability of having been drawn (a ratio of two such sums, by
    groups; Cochran 1977, section 6.13); the interval is Wilson's, of as many answers as would vary
    alike. None where no answer lies above.
    """
    above = scores >= threshold
    if not above.any():
        return None, None, None
    weights, y = above / drawn, right.astype(float)
    share = float(weights @ y / weights.sum())
    sums = np.bincount(groups, weights * (y - share)) / weights.sum()
    some = len(np.unique(groups[above]))
    n = weights.sum() ** 2 / (weights**2).sum()
    variance = (sums @ sums) * some / max(some - 1, 1)
    if 0 < share < 1 and variance > 0:
        n = min(n, share * (1 - share) / variance)
    z = ndtri(0.975)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    far = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return share, float(centre - far), float(centre + far)


def last_thresholds(rows: Iterable[Mapping[str, str]], model: str) -> dict[str, Mapping[str, str]]:
    """The row of the latest queue in which the threshold of each species is known.

    Parameters
    ----------
    rows
        Of `THRESHOLDS`, as they are read.
    model
        Digest of the model that listens: the scores of another one mean something else.

    Raises
    ------
    UserError
        When a threshold is known for another model alone.
    """
    known = [row for row in rows if row["threshold"]]
    found = {row["species"]: row for row in sorted(known, key=_round) if row["model"] == model}
    others = [row for row in known if row["species"] not in found]
    if others:
        last = max(others, key=_round)
        names = ", ".join(sorted({row["species"] for row in others}))
        raise UserError(
            f"detection.thresholds: checked: the thresholds of {names} were checked with the model "
            f"{last['model']} (queue {last['queue']}), and {model} listens now: its scores mean "
            "something else. Set detection.thresholds to tuned, draw another queue with "
            f"review.round: {_round(last) + 1} and answer it; then set checked again."
        )
    return found


def _round(row: Mapping[str, str]) -> int:
    return int(row["queue"].rpartition("-")[2])


def tabulate_thresholds(
    verdicts: Iterable[Verdict], groups: dict[str, str], wanted: float
) -> list[dict[str, object]]:
    """Find the threshold of each species in each check queue.

    Parameters
    ----------
    verdicts
        Of any queues; those that were not drawn have no part, since nothing follows from them.
    groups
        Group of each recording, such as its site and night.
    wanted
        Precision, above 0 and below 1.

    Returns
    -------
    list of dict
        Rows of `THRESHOLDS`; without a threshold, `note` says why it cannot be known.
    """
    of: dict[tuple[str, str], list[Verdict]] = {}
    for one in verdicts:
        if one.row["kind"] == "check" and one.asked and one.row["probability"]:
            of.setdefault((one.row["queue"], one.species), []).append(one)
    rows = []
    for (queue, species), mine in sorted(of.items()):
        sure = [one for one in mine if one.answer != UNSURE]
        right = np.array([one.answer == PRESENT for one in sure], dtype=bool)
        row: dict[str, object] = {"queue": queue, "model": mine[0].row["model"]}
        row |= {"species": species, "wanted": wanted}
        row |= {"answers": len(sure), "unsure": len(mine) - len(sure), "right": int(right.sum())}
        scores = np.array([float(one.row["score"]) for one in sure])
        drawn = np.array([float(one.row["probability"]) for one in sure])
        # A recording that is in the season no more is a group of its own.
        names = [groups.get(one.row["recording"], one.row["recording"]) for one in sure]
        number = {name: at for at, name in enumerate(sorted(set(names)))}
        group = np.array([number[name] for name in names], dtype=int)
        note = _why_not(right, len(number))
        if note:
            rows.append(row | _everywhere(right, scores, drawn, group, wanted, note))
            continue
        rows.append(row | _find(right, scores, drawn, group, wanted))
    return rows


def _everywhere(
    right: np.ndarray,
    scores: np.ndarray,
    drawn: np.ndarray,
    groups: np.ndarray,
    wanted: float,
    note: str,
) -> dict[str, object]:
    """Precision of all that was checked, and its lowest score as threshold where that is enough."""
    if len(right) < FEWEST:
        return {"note": note}
    lowest = float(scores.min())
    above = precision_above(right, scores, drawn, groups, lowest)
    row: dict[str, object] = dict(zip(_ABOVE, above, strict=True))
    if above[1] is None or above[1] < wanted:
        return row | {"note": f"{note}; the precision is that of all scores from {lowest:.3f}"}
    told = f"nearly all that was checked is right: the lowest score, {lowest:.3f}, will do"
    return row | {"threshold": lowest, "note": told}


def _why_not(right: np.ndarray, groups: int) -> str:
    """Say why nothing can be fitted, empty where it can."""
    yes, no = int(right.sum()), int((~right).sum())
    if len(right) < FEWEST:
        return f"not known: {counted(len(right), 'answer')}, of {FEWEST} that are needed"
    if not yes:
        return "not known: no answer was yes"
    if not no:
        return f"not known: all {yes} answers were yes, too few to tell"
    if min(yes, no) < FEWEST_OF_KIND:
        return f"not known: {yes} yes and {no} no, of {FEWEST_OF_KIND} of each that are needed"
    if groups < 3:
        return f"not known: answers of {counted(groups, 'night')}; of 3 that are needed"
    return ""


def _find(
    right: np.ndarray, scores: np.ndarray, drawn: np.ndarray, groups: np.ndarray, wanted: float
) -> dict[str, object]:
    """Threshold and what follows from it."""
    curve = fit_curve(right, scores, drawn, groups)
    intercept, slope = curve.coefficients.tolist()
    row: dict[str, object] = {"intercept": intercept, "slope": slope}
    if slope <= 0:
        return row | {"note": "not known: higher scores are not more often right"}
    threshold, lower, upper = curve.crossing(wanted)
    if threshold > scores.max():
        best = float(expit(intercept + slope * logit(min(scores.max(), 1 - _CLOSEST))))
        return row | {
            "note": f"not reached: the highest score checked, {scores.max():.3f}, is right with "
            f"probability {best:.2f}"
        }
    note = ""
    if threshold < scores.min():
        note = f"the lowest score checked, {scores.min():.3f}, is right often enough"
        threshold, lower = float(scores.min()), min(lower, float(scores.min()))
    above = precision_above(right, scores, drawn, groups, threshold)
    row |= {"threshold": threshold, "lower": lower, "upper": upper, "note": note}
    return row | dict(zip(_ABOVE, above, strict=True))
