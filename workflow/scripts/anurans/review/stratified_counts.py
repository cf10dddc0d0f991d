"""How many clips hold calls, from a stratified random sample: nothing is assumed of the model.

All clips that were recorded are the population; a sample of known probabilities of each stratum was
listened to. Estimates are unbiased by the drawing alone, however well or badly scores tell.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, ndtri

# Answers of a place below which there is no number.
FEWEST = 30
# Clips with calls and clips without, in the place, from which scores help.
HELPING = 15
_TAIL = 0.025
_NORMAL = float(ndtri(1 - _TAIL))


@dataclass(frozen=True, slots=True)
class Listened:
    """Answers about one species.

    Attributes
    ----------
    stratum : np.ndarray [shape=(n,), dtype=int]
    present : np.ndarray [shape=(n,)]
        1 with a call, 0 without.
    score : np.ndarray [shape=(n,)]
    sizes : np.ndarray [shape=(strata,)]
        Clips of each stratum, listened to or not.
    """

    stratum: np.ndarray
    present: np.ndarray
    score: np.ndarray
    sizes: np.ndarray


@dataclass(frozen=True, slots=True)
class Count:
    """A number of clips with calls, with its 95 % interval.

    Attributes
    ----------
    count, lower, upper
        In clips.
    weight
        How much a score of 1 counts for; 0 where scores did not help.
    """

    count: float
    lower: float
    upper: float
    weight: float


def count_clips(of: Listened, inside: np.ndarray, clips: int, scores: float) -> Count:
    """Estimate how many clips of a place hold calls.

    The sum over strata of size times share of the answers with calls in the place (Cochran 1977,
    Sampling techniques, sections 5.3 and 5A.14), plus w (X - X'), the difference between the sum X
    of the scores of all clips in the place and the same sum X' as the sample would have it. The
    weight w is the one that makes the variance smallest (the combined regression estimator,
    section 7.10; prediction-powered inference with its power tuned, Angelopoulos, Duchi & Zrnic
    2023, is the same for one stratum): near 0 where scores mean nothing. It is 0, and the estimate
    the plain one, unless the place has 15 clips with calls and 15 without among its answers. Which
    of the two is used hangs on how much was heard, never on which is narrower.

    The interval puts those of the strata together (MOVER: Zou, Huang & Zhang 2009, A note on
    confidence interval estimation for a linear function of binomial proportions): the distance from
    the estimate to either end is the root of the sum of squared distances of the strata, which are
    no symmetric ones, so that it holds for rare calls. `share_limits` has those of a stratum. Where
    scores help, the distances of strata in which both kinds were heard shrink by the root of the
    share of the variance that scores leave there. Those of others do not: where no call was heard
    the sample does not show what scores leave, and a call that they miss may be among the rest.

    Parameters
    ----------
    of
        The answers, `unsure` ones left out: those are taken to be missing at random within strata.
    inside : np.ndarray [shape=(n,), dtype=bool]
        Whether the clip of each answer is of the place.
    clips
        Of the place, in all.
    scores
        Sum of the scores of these clips.

    Returns
    -------
    Count
        Between what was heard and what was not heard to be absent.

    Raises
    ------
    ValueError
        When a stratum has no answer.
    """
    n = np.bincount(of.stratum, minlength=len(of.sizes)).astype(float)
    if not (n > 0).all():
        raise ValueError("a stratum has no answer")
    y = of.present * inside
    found = np.bincount(of.stratum, y, minlength=len(n))
    share = found / n
    low, high = share_limits(found, n, of.sizes)
    count = float(of.sizes @ share)
    down, up = (of.sizes * (share - low)) ** 2, (of.sizes * (high - share)) ** 2
    heard, silent = int(y.sum()), int(inside.sum() - y.sum())
    weight = 0.0
    if min(heard, silent) >= HELPING:
        x = of.score * inside
        weight, left, more = _help(of, x, y, n, (found > 0) & (found < n))
        # As uncertain as a variance from so few clips is.
        left = np.minimum(left * min(heard, silent) / (min(heard, silent) - 2), 1.0)
        down, up = down * left + more, up * left + more
        sampled = float(of.sizes @ (np.bincount(of.stratum, x, minlength=len(n)) / n))
        count += weight * (scores - sampled)
    far = np.sqrt([down.sum(), up.sum()])
    ends = np.clip([count, count - far[0], count + far[1]], heard, clips - silent)
    middle, lower, upper = ends.tolist()
    return Count(middle, lower, upper, weight)


def _help(
    of: Listened, x: np.ndarray, y: np.ndarray, n: np.ndarray, mixed: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Best weight of x, the share of the variance that it leaves, and what it adds, by stratum.

    In strata that are not mixed nothing is taken off, and what the scores themselves vary by is
    added, as the square of a distance to an end.
    """
    factor = of.sizes**2 * (1 - n / of.sizes) / np.maximum(n * (n - 1), 1)
    dx, dy = (
        values - (np.bincount(of.stratum, values, minlength=len(n)) / n)[of.stratum]
        for values in (x, y)
    )
    each = factor[of.stratum]
    xx, xy, yy = each @ dx**2, each @ (dx * dy), each @ dy**2
    if xx <= 0 or yy <= 0:
        return 0.0, np.ones(len(n)), np.zeros(len(n))
    weight = float(xy / xx)
    squares = np.bincount(of.stratum, each * (dy - weight * dx) ** 2, minlength=len(n))
    degrees = n[mixed].sum() - mixed.sum()
    share = squares[mixed].sum() / yy * degrees / max(degrees - 1, 1)
    return weight, np.where(mixed, share, 1.0), np.where(mixed, 0.0, _NORMAL**2 * squares)


def share_limits(
    found: np.ndarray, n: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the 95 % interval of shares in finite strata.

    Halfway between the limits of Clopper & Pearson (1934), which hold always and are too wide, and
    those of Jeffreys' prior (Brown, Cai & DasGupta 2001, Interval estimation for a binomial
    proportion), which hold in the mean: quantiles of Beta(k + 1/4, n - k + 3/4) and
    Beta(k + 3/4, n - k + 1/4). Of N clips of which n were heard, n counts for n (N - 1) / (N - n)
    as the variance of a sample without replacement is smaller.

    Parameters
    ----------
    found, n, sizes : np.ndarray [shape=(strata,)]
        Clips with calls of those heard, clips heard (more than none), and clips in all.

    Returns
    -------
    lower, upper : np.ndarray [shape=(strata,)]
        The lower is 0 where nothing was found, the upper 1 where nothing else was; both are the
        share where all clips were heard.
    """
    share = found / n
    some = n < sizes
    more = np.where(some, n * (sizes - 1) / np.where(some, sizes - n, 1), 1.0)
    yes, no = share * more, (1 - share) * more
    low = np.where(found > 0, betaincinv(yes + 0.25, no + 0.75, _TAIL), 0.0)
    high = np.where(found < n, betaincinv(yes + 0.75, no + 0.25, 1 - _TAIL), 1.0)
    return np.where(some, np.minimum(low, share), share), np.where(
        some, np.maximum(high, share), share
    )
