"""The precision that a threshold has in new recordings, where calls are rarer or more common.

A threshold that was found on held-out clips has their precision where calls are as common as there.
Where they are rarer, as many false alarms stand beside fewer calls. And one fold judges a held-out
clip, a vote of all folds a new one: what it finds, and what it calls falsely, follows from how far
the folds agree on the new clips.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.special import ndtr, ndtri

from anurans.scores.fold_votes import AGREEMENTS, carries, vote_shares
from anurans.scores.intervals import FEWEST, reach
from anurans.scores.prior_shift import prevalence_by_em
from anurans.scores.probabilities import Separation

# An interval as wide as this says next to nothing.
WIDE = 0.6
PRECISION = (
    *("species", "clips", "called", "prevalence_held_out", "precision_held_out"),
    *("prevalence", "prevalence_lower", "prevalence_upper", "precision", "precision_lower"),
    *("precision_upper", "prevalence_em", "precision_em", "note"),
)
_NORMAL = ndtri((np.arange(100) + 0.5) / 100)
# Bins of probabilities, which EM takes in place of every clip.
BINS = 200
HISTOGRAM = ("night", "species", "probability", "judgements")
# Votes weigh as those of so many clips at most: clips of a night are alike, and no model of how far
# folds agree is exact.
WEIGHT = 200
# Of the points of a draw, every so many are put together with each agreement of folds.
_THIN = 5


def precision_at(
    share: np.ndarray | float, found: np.ndarray | float, false: np.ndarray | float
) -> np.ndarray:
    """Share of true ones among clips that are called positive, by Bayes' rule.

    Parameters
    ----------
    share
        Of clips that hold calls.
    found, false
        Shares of clips with and without calls that are called positive.

    Examples
    --------
    >>> float(round(precision_at(0.05, 0.8, 0.04), 3))
    0.513
    """
    hits, alarms = share * found, (1 - share) * false
    return hits / np.maximum(hits + alarms, np.finfo(float).tiny)


def expect_precision(
    known: Separation,
    total: float,
    clips: int,
    squares: float,
    votes: np.ndarray | None = None,
) -> tuple[float | None, float | None, float | None]:
    """Estimate the precision in new recordings from how common calls are there.

    It takes for granted what `Separation.count` does: that clips of either kind sound as they did.
    The interval holds what is not known of prevalence and of either share, drawn together, how
    false alarms vary from night to night, and, of several folds, how far these agree on clips of
    either kind (`precision_of_votes`).

    Parameters
    ----------
    known
        Of held-out clips, each judged by one fold.
    total, clips, squares
        As `Separation.count` takes them.
    votes : np.ndarray [shape=(folds + 1,)], optional
        How many of the new clips are called positive by 0, 1 and so on of the folds, at least half
        of which make one positive. By default there is one fold.

    Returns
    -------
    precision, lower, upper
        None where nothing tells how common calls are; the last two where false alarms, or calls,
        were in fewer than three held-out groups.
    """
    expected, drawn = known.draw_counts(total, clips, squares)
    if expected is None or known.rates is None:
        return None, None, None
    if votes is None:
        votes = np.zeros(2)
    _, found, false, between, alarmed = known.rates.T
    precision = precision_there(expected / clips, found[0], false[0], votes)
    groups = int(min(known.moments[0, 7], alarmed[0]))
    if drawn is None or groups < FEWEST:
        return precision, None, None
    thin = slice(None) if len(votes) == 2 else slice(_THIN // 2, None, _THIN)
    share, points = drawn[:, thin] / clips, _NORMAL[thin]
    # The night's luck in false alarms is not that in probabilities: drawn in another order.
    luck = np.random.default_rng(0).permuted(np.tile(points, (len(drawn), 1)), axis=1)
    spread = np.sqrt(between[1:] * squares) / clips
    alarms = np.clip(false[1:, None] + spread[:, None] * luck, 0, 1)
    finds = np.broadcast_to(found[1:, None], alarms.shape)
    far = reach(groups)
    ends = [ndtr(-far), ndtr(far)]
    if len(votes) == 2:
        lower, upper = np.quantile(precision_at(share, finds, alarms), ends, method="hazen")
    else:
        each, weights = precision_of_votes(share.ravel(), finds.ravel(), alarms.ravel(), votes)
        lower, upper = np.quantile(
            each.ravel(), ends, weights=weights.ravel(), method="inverted_cdf"
        )
    return precision, min(float(lower), precision), max(float(upper), precision)


def precision_there(share: float, found: float, false: float, votes: np.ndarray) -> float:
    """Precision at the given shares; of several folds' votes, the mean over how far these agree."""
    if len(votes) == 2:
        return float(precision_at(share, found, false))
    shares = np.array([[share], [found], [false]])
    each, weights = precision_of_votes(shares[0], shares[1], shares[2], votes)
    return float((each * weights).sum())


def precision_of_votes(
    share: np.ndarray, found: np.ndarray, false: np.ndarray, votes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Precision of a vote of folds, and how well what it rests on fits the votes of the new clips.

    How far the folds agree is not known beforehand, of clips with calls or without. All agreements
    are tried, and weigh by the likelihood of the votes: two folds tell of both together, three and
    more of each. What they leave open, stays open.

    Parameters
    ----------
    share, found, false : np.ndarray [shape=(n,)]
        As `precision_at` takes them, of single folds.
    votes : np.ndarray [shape=(folds + 1,)]
        As `expect_precision` takes them.

    Returns
    -------
    precision, weights : np.ndarray [shape=(n, agreements, agreements)]
        By how far folds agree on clips with calls, and on those without. Weights add up to 1.
    """
    folds = len(votes) - 1
    calling = vote_shares(found, folds) * share[:, None, None]
    silent = vote_shares(false, folds) * (1 - share[:, None, None])
    called = carries(np.arange(folds + 1), folds)
    hits = calling[..., called].sum(axis=-1)[:, :, None]
    alarms = silent[..., called].sum(axis=-1)[:, None, :]
    precision = hits / np.maximum(hits + alarms, np.finfo(float).tiny)
    weight = votes * min(1.0, WEIGHT / max(1.0, votes.sum()))
    fit = np.zeros((len(share), len(AGREEMENTS), len(AGREEMENTS)))
    for n in np.flatnonzero(votes):
        of_both = calling[:, :, None, n] + silent[:, None, :, n]
        fit += weight[n] * np.log(np.maximum(of_both, np.finfo(float).tiny))
    fit = np.exp(fit - fit.max())
    return precision, fit / fit.sum()


def histogram(
    places: Sequence[tuple[str, str]], species: str, probabilities: np.ndarray
) -> Iterator[dict[str, str | float | int]]:
    """Rows of `HISTOGRAM` of clips whose nights and hours are `places`.

    Parameters
    ----------
    places
        Of each clip.
    species
        Its code.
    probabilities : np.ndarray [shape=(n, folds)]
        Of each fold: EM takes their distribution, and that of their means is a narrower one, of
        which it would find calls far too rare.
    """
    bins = np.rint(np.clip(probabilities, 0, 1) * BINS).astype(int).tolist()
    found = Counter((night, bin) for (night, _), of in zip(places, bins, strict=True) for bin in of)
    for (night, bin), times in sorted(found.items()):
        row: dict[str, str | float | int] = {"night": night, "species": species}
        yield row | {"probability": bin / BINS, "judgements": times}


def expected_row(
    species: str,
    known: Separation | None,
    clips: int,
    called: int,
    total: float | None,
    squares: float,
    bins: Mapping[float, int],
    votes: np.ndarray,
) -> dict[str, object]:
    """A row of `PRECISION`.

    Parameters
    ----------
    species
        Its code.
    known
        Of held-out clips; None where nothing is.
    clips, called
        New clips of nights that drift leaves in, and how many of them are called positive.
    total, squares
        As `expect_precision` takes them; the former None where there is no calibrator.
    bins
        How often a fold gave which probability.
    votes : np.ndarray [shape=(folds + 1,)]
        As `expect_precision` takes them.
    """
    row: dict[str, object] = {"species": species, "clips": clips, "called": called}
    if known is None or total is None or known.rates is None:
        return row | {"note": "not known: nothing was held out to calibrate on"}
    prevalence, found, false = known.rates[0, :3].tolist()
    at_home = float(precision_at(prevalence, found, false))
    row |= {"prevalence_held_out": prevalence, "precision_held_out": at_home}
    if not clips:
        return row | {"note": "not known: no night sounds like the training recordings"}
    expected, *ends = known.count(total, clips, squares)
    if expected is None:
        return row | {"note": "not known: held-out clips do not tell how common calls are"}
    row |= {"prevalence": expected / clips}
    if ends[0] is not None and ends[1] is not None:
        row |= {"prevalence_lower": ends[0] / clips, "prevalence_upper": ends[1] / clips}
    precision, lower, upper = expect_precision(known, total, clips, squares, votes)
    by_em = prevalence_by_em(
        np.array([*bins], dtype=float), prevalence, np.array([*bins.values()], dtype=float)
    )
    row |= {"precision": precision, "precision_lower": lower, "precision_upper": upper}
    row |= {"prevalence_em": by_em, "precision_em": precision_there(by_em, found, false, votes)}
    if lower is None or upper is None:
        note = f"no interval: calls, or false alarms, in fewer than {FEWEST} held-out groups"
    elif not called:
        note = "no clip is called positive"
    elif upper - lower > WIDE:
        note = "hardly known: held-out clips leave it open"
    else:
        note = ""
    return row | {"note": note}
