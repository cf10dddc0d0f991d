"""How often what is claimed of numbers holds, in simulated worlds of known truth.

    .venv/bin/python benchmarks/interval_coverage.py [--worlds N] [--only bands ...] [--cells]

Makes the table of docs/statistics.md: each claim, what is wanted, what was given before these
numbers were mended, and what is given now: the mean over cells, with the lowest and highest cell.
`--worlds` is the number of worlds in each cell, `--cells` shows each.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from scipy.special import ndtri

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "workflow/scripts"), str(ROOT / "tests")]

from simulated import Pond, draw_counts, learn, true_f1  # noqa: E402

from anurans.scores.calibration import fit_calibrator  # noqa: E402
from anurans.scores.expected_precision import expect_precision  # noqa: E402
from anurans.scores.fold_votes import carries  # noqa: E402
from anurans.scores.intervals import (  # noqa: E402
    draw_groups,
    effective_groups,
    macro,
    measure_difference,
    percentile_interval,
    sums_by_group,
)
from anurans.scores.prior_shift import prevalence_by_em  # noqa: E402
from anurans.scores.wanted_precision import threshold_for_precision  # noqa: E402

NORMAL = ndtri((np.arange(100) + 0.5) / 100)


class Cells:
    """Shares of worlds in which something holds, before and now, by cell."""

    def __init__(self):
        self.found = {}

    def add(self, cell, before, now):
        self.found.setdefault(cell, []).append((before, now))

    def rows(self):
        return {cell: np.nanmean(np.array(of, float), axis=0) for cell, of in self.found.items()}

    def line(self, claim, wanted):
        """A row of the table: the mean over cells, and the lowest and highest of them."""
        values = np.array(list(self.rows().values()))
        texts = [
            f"{values[:, n].mean():.3f} ({values[:, n].min():.3f} to {values[:, n].max():.3f})"
            for n in range(2)
        ]
        return f"| {claim} | {wanted} | {texts[0]} | {texts[1]} |"


def separation_before(labels, probabilities, groups, draws):
    """Moments as they were: variances of clips times a design effect at the held-out size."""
    kinds = np.stack([~labels, labels], axis=1).astype(float)
    powers = np.stack([kinds * probabilities[:, None] ** power for power in range(3)], axis=1)
    times = np.concatenate([np.ones((1, draws.shape[1]), int), draws])
    names = range(draws.shape[1])
    sums = np.einsum("dg,gpk->pdk", times, sums_by_group(groups, names, powers))
    means = sums[1] / sums[0]
    variances = np.maximum(sums[2] / sums[0] - means**2, 0)
    apart = probabilities - means[0][labels.astype(int)]
    effect = max(1.0, (sums_by_group(groups, names, apart) ** 2).sum() / (apart**2).sum())
    return np.concatenate([means, effect * variances], axis=1)


def count_before(moments, total, clips):
    """Ends of the interval as they were, whatever the sizes of the groups."""
    absent, present, *variances = moments.T
    apart = present - absent
    count = np.clip((total - clips * absent) / apart, 0, clips)
    spread = np.sqrt((clips - count) * variances[0] + count * variances[1]) / apart
    drawn = (count[:, None] + spread[:, None] * NORMAL).clip(0, clips)
    lower, upper = np.quantile(drawn[1:], [0.025, 0.975], method="hazen")
    return min(lower, count[0]), max(upper, count[0])


def bands(worlds):
    """Counts of one night and of 25, learnt from 40 nights of 24 clips, 30 % of them with calls."""
    nights, seasons = Cells(), Cells()
    for auroc in (0.80, 0.95):
        for effect in (0.2, 0.4):
            pond = Pond(auroc, effect)
            for world in range(worlds):
                rng = np.random.default_rng([world, int(100 * auroc), int(10 * effect)])
                known = learn(pond.draw(rng, 40, 24, 0.3), world)
                now = known.separation()
                before = separation_before(*known.known()[:3], known.draws)
                for share in (0.01, 0.05, 0.3):
                    for clips in (24, 240, 2400):
                        new = pond.draw(rng, 25, clips, share)
                        sums = known.calibrator(new.scores).sum(axis=1)
                        truth = new.labels.sum(axis=1)
                        cell = f"AUROC {auroc}, effect {effect}, {share:.0%}, {clips} clips"
                        for cells, of in ((nights, slice(1)), (seasons, slice(25))):
                            n = len(truth[of]) * clips
                            low, high = count_before(before, sums[of].sum(), n)
                            _, lower, upper = now.count(sums[of].sum(), n, n * clips)
                            true = truth[of].sum()
                            cells.add(cell, low <= true <= high, lower <= true <= upper)
    wanted = "0.93 to 0.97 (each 0.90 to 0.98)"
    yield "Band of a night's count", wanted, nights
    yield "Band of the count of 25 nights", wanted, seasons


def shifted(worlds):
    """Counts of 25 nights of 240 clips whose noise scores half a deviation higher, unseen by drift.

    No interval of held-out clips can hold then; where drift sees it none is given.
    """
    cells = Cells()
    for auroc in (0.80, 0.95):
        pond = Pond(auroc, 0.2)
        for world in range(worlds):
            rng = np.random.default_rng([world, int(100 * auroc)])
            known = learn(pond.draw(rng, 40, 24, 0.3), world)
            new = pond.draw(rng, 25, 240, 0.05, shift=0.5)
            total, truth = known.calibrator(new.scores).sum(), new.labels.sum()
            low, high = count_before(
                separation_before(*known.known()[:3], known.draws), total, 6000
            )
            _, lower, upper = known.separation().count(total, 6000, 25 * 240**2)
            cells.add(f"AUROC {auroc}", low <= truth <= high, lower <= truth <= upper)
    yield "Band of 25 nights of shifted noise", "none, where drift sees it", cells


def prevalence(worlds):
    """The share of clips with calls by EM, and by the mean probability: a table of its own."""
    print("| AUROC, share | error by EM, by mean | held by EM, by mean | width by EM, by mean |")
    print("| --- | --- | --- | --- |")
    for auroc in (0.80, 0.95):
        for share in (0.01, 0.05, 0.3):
            found = np.array(
                [one_season(Pond(auroc, 0.2), share, world) for world in range(worlds)]
            )
            errors = np.sqrt((found[:, :2] ** 2).mean(axis=0))
            held, width = found[:, 2:4].mean(axis=0), found[:, 4:].mean(axis=0)
            texts = (f"{each[0]:.3f}, {each[1]:.3f}" for each in (errors, held, width))
            print(f"| {auroc:.2f}, {share:.0%} | {' | '.join(texts)} |", flush=True)
    yield from ()


def one_season(pond, share, world, draws=40):
    """Errors, whether intervals hold, and their widths, each by EM and by the mean probability."""
    rng = np.random.default_rng([world, int(100 * pond.auroc), int(100 * share)])
    known = learn(pond.draw(rng, 40, 24, 0.3), world)
    new = pond.draw(rng, 25, 24, share)
    truth, clips = new.labels.mean(), new.labels.size
    total = known.calibrator(new.scores).sum()
    of_mean = np.array(known.separation().count(total, clips, 25 * 24**2)) / clips
    by_em = prevalence_by_em(known.calibrator(new.scores.ravel()), known.labels.mean())
    labels, scores = known.labels.reshape(40, 24), known.scores.reshape(40, 24)
    drawn = []
    for _ in range(draws):
        nights = rng.integers(0, 40, 40)
        calibrator = fit_calibrator(labels[nights].ravel(), scores[nights].ravel())
        again = calibrator(new.scores[rng.integers(0, 25, 25)].ravel())
        drawn.append(prevalence_by_em(again, labels[nights].mean()))
    lower, upper = np.quantile(drawn, [0.025, 0.975], method="hazen")
    return (
        *(by_em - truth, of_mean[0] - truth),
        *(lower <= truth <= upper, of_mean[1] <= truth <= of_mean[2]),
        *(upper - lower, of_mean[2] - of_mean[1]),
    )


def precision(worlds):
    """Precision in 25 nights, at thresholds for 0.9 where 30 % of clips hold calls."""
    cells = Cells()
    for auroc in (0.80, 0.95):
        for effect in (0.2, 0.4):
            pond = Pond(auroc, effect)
            for world in range(worlds):
                rng = np.random.default_rng([world, int(100 * auroc), int(10 * effect)])
                known = learn(pond.draw(rng, 40, 24, 0.3), world)
                threshold = threshold_for_precision(known.labels, known.scores, 0.9)
                separation = known.separation(threshold)
                for share in (0.01, 0.05, 0.3):
                    new = pond.draw(rng, 25, 240, share)
                    called = new.scores >= threshold
                    if not called.any():
                        continue
                    true = (called & new.labels).sum() / called.sum()
                    total = known.calibrator(new.scores).sum()
                    _, lower, upper = expect_precision(separation, total, 6000, 25 * 240**2)
                    if lower is not None:
                        # What was said before is 0.9: within a tenth of it.
                        held = abs(true - 0.9) < 0.05, lower <= true <= upper
                        cells.add(f"AUROC {auroc}, effect {effect}, {share:.0%}", *held)
    yield "Precision in new recordings", "0.93 to 0.97 (each 0.90 to 0.98)", cells


def votes(worlds):
    """Precision in the same nights, called by votes of folds whose errors are more or less alike.

    Held-out clips are judged by one fold. What was given before is the precision of single folds.
    """
    cells = Cells()
    for auroc in (0.80, 0.95):
        for world in range(worlds):
            pond = Pond(auroc, (0.2, 0.4)[world % 2])
            rng = np.random.default_rng([world, int(100 * auroc)])
            known = learn(pond.draw(rng, 40, 24, 0.3), world)
            threshold = threshold_for_precision(known.labels, known.scores, 0.9)
            separation = known.separation(threshold)
            for share in (0.01, 0.05, 0.3):
                for folds in (2, 3, 5):
                    for alike in (0.5, 0.8, 0.98):
                        new = pond.draw(rng, 25, 240, share, folds=folds, alike=alike)
                        agreed = (new.scores >= threshold).sum(axis=2)
                        called = carries(agreed, folds)
                        if not called.any():
                            continue
                        true = (called & new.labels).sum() / called.sum()
                        total = known.calibrator(new.scores.ravel()).sum() / folds
                        counted = np.bincount(agreed.ravel(), minlength=folds + 1)
                        of = (separation, total, 6000, 25 * 240**2)
                        if (before := expect_precision(*of))[1] is None:
                            continue
                        now = expect_precision(*of, counted)
                        held = (lower <= true <= upper for _, lower, upper in (before, now))
                        cell = f"AUROC {auroc}, {share:.0%}, {folds} folds, {alike} alike"
                        cells.add(cell, *held)
    yield "Precision of votes of 2, 3 and 5 folds", "0.93 to 0.97 (each 0.90 to 0.98)", cells


SPECIES = {"common": (False,), "rare": (True,), "both": (False, True)}


def scores(worlds):
    """Intervals of F1, and of the mean of two species, where three nights call or more."""
    cells = Cells()
    for nights in (8, 15, 40):
        draws = draw_groups(nights, 500, 1)
        for name, rare in SPECIES.items():
            drawn = draw_counts(np.random.default_rng(nights), worlds, nights, rare)
            truth = true_f1(rare)
            for f1, calling in zip(drawn.f1(draws)[0], drawn.calling(), strict=True):
                if not calling.all():
                    continue
                now = percentile_interval(macro(f1), effective_groups(f1, calling))
                if now[0] is not None:
                    before = percentile_interval(macro(f1), nights)
                    held = [lower <= truth <= upper for lower, upper in (before, now)]
                    cells.add(f"{name}, {nights} nights", *held)
    yield "Interval of F1, macro F1", "0.92 to 0.98 in each", cells


def comparisons(worlds):
    """Any of three equal models called better than another, after Holm's correction."""
    cells = Cells()
    for nights in (8, 15, 40):
        draws = draw_groups(nights, 500, 1)
        for name, rare in SPECIES.items():
            rng = np.random.default_rng(100 + nights)
            drawn = draw_counts(rng, worlds, nights, rare, models=3)
            f1 = np.concatenate([drawn.f1(np.ones((1, nights))), drawn.f1(draws)], axis=2)
            for world, calling in enumerate(drawn.calling()):
                if not calling.all():
                    continue
                p = np.array(
                    [
                        told_apart(f1[one, world] - f1[other, world], nights, calling)
                        for one, other in ((0, 1), (0, 2), (1, 2))
                    ]
                )
                # Holm's first step: the smallest of three against a third of the level.
                cells.add(f"{name}, {nights} nights", *(np.nanmin(p, axis=0) < 0.05 / 3))
    yield "Any of three equal models called better", "0.055 at most (each 0.065)", cells


def told_apart(difference, nights, calling):
    """P-values of a difference of scores [shape=(1 + draws, species)], before and now."""
    mean = macro(difference)
    effective = effective_groups(difference[1:], calling)
    both = (measure_difference(mean[0], mean[1:], nights, n).p for n in (nights, effective))
    # Nothing is claimed where there is none.
    return [1.0 if p is None else p for p in both]


PARTS = {
    "bands": (bands, 200),
    "scores": (scores, 1000),
    "comparisons": (comparisons, 1000),
    "precision": (precision, 200),
    "votes": (votes, 20),
    "shifted": (shifted, 200),
    "prevalence": (prevalence, 40),
}


def main() -> None:
    """Run the parts, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, help="worlds in each cell")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[*PARTS])
    parser.add_argument("--cells", action="store_true", help="show each cell")
    arguments = parser.parse_args()
    print("| claim | wanted | before | now |\n| --- | --- | --- | --- |")
    for name in arguments.only:
        part, worlds = PARTS[name]
        began = time.perf_counter()
        for claim, wanted, cells in part(arguments.worlds or worlds):
            print(cells.line(claim, wanted), flush=True)
            if arguments.cells:
                for cell, (before, now) in cells.rows().items():
                    print(f"    {cell}: {before:.3f}, {now:.3f}")
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
