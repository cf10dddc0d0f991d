"""Worlds of known truth, for the tests of numbers and benchmarks/interval_coverage.py.

Scores of clips with and without calls lie a given distance apart, in deviations within a night;
nights shift both by an effect of their own, and differ in how much they call.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from anurans.scores.calibration import Calibrator, calibrate_unseen, fit_calibrator
from anurans.scores.intervals import draw_groups
from anurans.scores.probabilities import Separation, measure_separation

# Log-odds of a call vary by this between nights.
CALLING = 1.0


@dataclass(frozen=True)
class Scored:
    """Labels, scores, both [shape=(nights, clips)]; of several folds, scores have a third axis."""

    labels: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True)
class Pond:
    """Where clips come from.

    Attributes
    ----------
    auroc
        Of clips of one night.
    effect
        Deviation of nights' effects, in deviations within a night.
    """

    auroc: float
    effect: float

    def draw(
        self,
        rng,
        nights: int,
        clips: int,
        share: float,
        shift: float = 0.0,
        folds: int | None = None,
        alike: float = 1.0,
    ) -> Scored:
        """Draw nights; `shift` is added to the scores of clips without calls, in deviations.

        With `folds` each clip is scored by all of them; a share of `alike` of the variance of a
        clip's error is the same in all, the rest each fold's own.
        """
        calling = expit(rng.normal(logit(share), CALLING, (nights, 1)))
        labels = rng.random((nights, clips), dtype=np.float32) < calling
        apart = np.sqrt(2) * ndtri(self.auroc)
        errors = rng.standard_normal((nights, clips), dtype=np.float32)
        odds = errors + apart * (labels - 0.5)
        odds += rng.normal(0, self.effect, (nights, 1)) + shift * ~labels
        if folds is not None:
            own = rng.standard_normal((nights, clips, folds), dtype=np.float32)
            odds = (odds + (np.sqrt(alike) - 1) * errors)[..., None] + np.sqrt(1 - alike) * own
        return Scored(labels, expit(2 * odds))


@dataclass(frozen=True)
class Known:
    """What is known of a model: its calibrator, and its held-out clips, one after the other."""

    calibrator: Calibrator
    labels: np.ndarray
    scores: np.ndarray
    probabilities: np.ndarray
    groups: np.ndarray
    draws: np.ndarray

    def separation(self, threshold: float = 0.5) -> Separation:
        """What is known of the held-out clips."""
        labels, probabilities, groups, scores = self.known()
        return measure_separation(labels, probabilities, groups, self.draws, scores >= threshold)

    def known(self) -> list[np.ndarray]:
        """Labels, probabilities, groups and scores of the clips that could be calibrated."""
        known = np.isfinite(self.probabilities)
        return [each[known] for each in (self.labels, self.probabilities, self.groups, self.scores)]


def learn(held_out: Scored, seed: int, draws: int = 200) -> Known | None:
    """Calibrate on held-out nights; None where only one kind of clips is there."""
    nights, clips = held_out.labels.shape
    groups = np.repeat(np.arange(nights), clips)
    labels, scores = held_out.labels.ravel(), held_out.scores.ravel()
    calibrator = fit_calibrator(labels, scores)
    if calibrator is None:
        return None
    unseen = calibrate_unseen(labels, scores, groups)
    return Known(calibrator, labels, scores, unseen, groups, draw_groups(nights, draws, seed))


@dataclass(frozen=True)
class Counts:
    """What models decided, by night.

    Attributes
    ----------
    positives : np.ndarray [shape=(worlds, nights, species)]
    hits, predicted : np.ndarray [shape=(models, worlds, nights, species)]
    """

    positives: np.ndarray
    hits: np.ndarray
    predicted: np.ndarray

    def f1(self, draws: np.ndarray) -> np.ndarray:
        """F1 in each draw of nights [shape=(models, worlds, draws, species)]; NaN without calls."""
        hits, predicted, positives = (
            np.einsum("dg,...gs->...ds", draws, each)
            for each in (self.hits, self.predicted, self.positives)
        )
        return np.where(positives > 0, 2 * hits / np.maximum(positives + predicted, 1), np.nan)

    def calling(self) -> np.ndarray:
        """Nights with calls [shape=(worlds, species)]."""
        return (self.positives > 0).sum(axis=1)


def draw_counts(rng, worlds: int, nights: int, rare: tuple[bool, ...], models: int = 1) -> Counts:
    """Draw what equally good models decide of nights of log-normal size, 24 clips in the median.

    Nights differ in how much a species calls, in how well it is found, in false alarms, and in what
    suits each model; a rare species calls in one night of five.
    """
    shape = (worlds, nights, len(rare))
    sizes = np.exp(rng.normal(np.log(24), 0.7, (worlds, nights, 1))).round().clip(2)
    clips = np.repeat(sizes.astype(int), len(rare), axis=2)
    calls = expit(rng.normal(-1, 1.5, shape))
    calls[..., list(rare)] *= rng.random((*shape[:2], sum(rare))) < 0.2
    positives = rng.binomial(clips, calls)
    found, alarms = rng.normal(1, 0.8, shape), rng.normal(-2.5, 0.8, shape)
    hits, predicted = [], []
    for _ in range(models):
        taste = 0.4 if models > 1 else 0.0
        hits.append(rng.binomial(positives, expit(found + rng.normal(0, taste, shape))))
        false = rng.binomial(clips - positives, expit(alarms + rng.normal(0, taste, shape)))
        predicted.append(hits[-1] + false)
    return Counts(positives, np.array(hits), np.array(predicted))


def true_f1(rare: tuple[bool, ...]) -> float:
    """Macro F1 over all nights that could be."""
    drawn = draw_counts(np.random.default_rng(0), 1, 1_000_000, rare)
    sums = (each.sum(axis=-2).ravel() for each in (drawn.hits, drawn.positives, drawn.predicted))
    hits, positives, predicted = sums
    return float((2 * hits / (positives + predicted)).mean())
