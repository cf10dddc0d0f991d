"""The precision that a threshold has in new recordings, where calls are rarer or more common.

A threshold that was found on held-out clips has their precision where calls are as common as there.
Where they are rarer, as many false alarms stand beside fewer calls.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.special import ndtr, ndtri

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
HISTOGRAM = ("night", "species", "probability", "clips")


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
    known: Separation, total: float, clips: int, squares: float
) -> tuple[float | None, float | None, float | None]:
    """Estimate the precision in new recordings from how common calls are there.

    It takes for granted what `Separation.count` does: that clips of either kind sound as they did.
    The interval holds what is not known of prevalence and of either share, drawn together, and how
    false alarms vary from night to night.

    Parameters
    ----------
    known
        Of held-out clips.
    total, clips, squares
        As `Separation.count` takes them.

    Returns
    -------
    precision, lower, upper
        None where nothing tells how common calls are; the last two where false alarms, or calls,
        were in fewer than three held-out groups.
    """
    expected, drawn = known.draw_counts(total, clips, squares)
    if expected is None or known.rates is None:
        return None, None, None
    _, found, false, between, alarmed = known.rates.T
    precision = float(precision_at(expected / clips, found[0], false[0]))
    groups = int(min(known.moments[0, 7], alarmed[0]))
    if drawn is None or groups < FEWEST:
        return precision, None, None
    # The night's luck in false alarms is not that in probabilities: drawn in another order.
    luck = np.random.default_rng(0).permuted(np.tile(_NORMAL, (len(drawn), 1)), axis=1)
    spread = np.sqrt(between[1:] * squares) / clips
    alarms = np.clip(false[1:, None] + spread[:, None] * luck, 0, 1)
    each = precision_at(drawn / clips, found[1:, None], alarms)
    far = reach(groups)
    lower, upper = np.quantile(each, [ndtr(-far), ndtr(far)], method="hazen").tolist()
    return precision, min(lower, precision), max(upper, precision)


def histogram(
    places: Sequence[tuple[str, str]], species: str, probabilities: np.ndarray
) -> Iterator[dict[str, str | float | int]]:
    """Rows of `HISTOGRAM` of clips whose nights and hours are `places`."""
    at = np.rint(np.clip(probabilities, 0, 1) * BINS).astype(int)
    found = Counter((night, bin) for (night, _), bin in zip(places, at.tolist(), strict=True))
    for (night, bin), clips in sorted(found.items()):
        yield {"night": night, "species": species, "probability": bin / BINS, "clips": clips}


def expected_row(
    species: str,
    known: Separation | None,
    clips: int,
    called: int,
    total: float | None,
    squares: float,
    bins: Mapping[float, int],
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
        How many clips have which probability.
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
    precision, lower, upper = expect_precision(known, total, clips, squares)
    by_em = prevalence_by_em(
        np.array([*bins], dtype=float), prevalence, np.array([*bins.values()], dtype=float)
    )
    row |= {"precision": precision, "precision_lower": lower, "precision_upper": upper}
    row |= {"prevalence_em": by_em, "precision_em": float(precision_at(by_em, found, false))}
    if lower is None or upper is None:
        note = f"no interval: calls, or false alarms, in fewer than {FEWEST} held-out groups"
    elif not called:
        note = "no clip is called positive"
    elif upper - lower > WIDE:
        note = "hardly known: held-out clips leave it open"
    else:
        note = ""
    return row | {"note": note}
