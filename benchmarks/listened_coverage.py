"""How often the intervals of listened counts hold the truth, in simulated seasons.

    .venv/bin/python benchmarks/listened_coverage.py [--worlds N] [--cells]

Makes the tables of docs/review.md: seasons of 3,000 clips at four sites in three months, of which
50 to 400 are drawn as a count queue is, and listened to. `--cells` shows each cell.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "workflow/scripts"), str(ROOT / "tests")]

from simulated_seasons import HEARING, MONTHS, SITES, draw_season  # noqa: E402

from anurans.review.sampling import draw_sample  # noqa: E402
from anurans.review.stratified_counts import FEWEST, Listened, count_clips  # noqa: E402

CLIPS = 3000
SHARES, AUROCS, DRAWN = (0.005, 0.02, 0.05, 0.1, 0.3), (0.7, 0.85, 0.97), (50, 100, 200, 400)


def wald(present, inside):
    """What is often printed: a simple random sample with the normal interval."""
    y = present * inside
    far = 1.96 * np.sqrt(y.mean() * (1 - y.mean()) / len(y) * (1 - len(y) / CLIPS))
    return CLIPS * (y.mean() - far), CLIPS * (y.mean() + far)


def one_world(seed, shares, hearing, auroc, n):
    """Whether intervals hold, and how wide they are: by species and place."""
    rng = np.random.default_rng(seed)
    season = draw_season(rng, CLIPS, shares, auroc, hearing)
    names = tuple("ABCDEFGH"[: len(shares)])
    sample = draw_sample(season.scores, names, n, seed[0])
    at, simple = sample.chosen, rng.choice(CLIPS, n, replace=False)
    places = [("season", np.ones(CLIPS, bool))]
    places += [("site", season.site == each) for each in range(SITES)]
    places += [("month", season.month == each) for each in range(MONTHS)]
    for column, share in enumerate(shares):
        truth, scores = season.calls[:, column], season.scores[:, column]
        heard = Listened(sample.stratum[at], truth[at].astype(float), scores[at], sample.sizes)
        for by, inside in places:
            if inside[at].sum() < FEWEST:
                continue
            found = count_clips(heard, inside[at], int(inside.sum()), float(scores[inside].sum()))
            true = int((truth & inside).sum())
            low, high = wald(truth[simple], inside[simple])
            widths = found.upper - found.lower, high - low
            holds = found.lower - 1e-6 <= true <= found.upper + 1e-6, low <= true <= high
            yield (
                by,
                share,
                holds,
                [width / inside.sum() for width in widths],
                ((found.count - true) / inside.sum()),
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--cells", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    found = {}
    for kind, groups in (("one", [(share,) for share in SHARES]), ("three", [(0.3, 0.05, 0.01)])):
        for shares in groups:
            for hearing in HEARING:
                for auroc in AUROCS if hearing != HEARING[2] else AUROCS[1:2]:
                    for n in DRAWN:
                        cell = kind, hearing, auroc, n
                        code = [HEARING.index(hearing), int(100 * auroc), n, int(1e4 * shares[0])]
                        for world in range(options.worlds):
                            for by, share, *rest in one_world([world, *code], shares, *cell[1:]):
                                found.setdefault((*cell, by, share), []).append(rest)
    if options.cells:
        for cell, of in found.items():
            holds, widths = np.mean([each[0] for each in of], 0), np.mean([e[1] for e in of], 0)
            print(*cell, len(of), *holds.round(3), *widths.round(3))
    print("| sample, scores, calls in | season | months and sites | width | Wald's |")
    print("| --- | --- | --- | --- | --- |")
    for kind, hearing, share in dict.fromkeys((cell[0], cell[1], cell[5]) for cell in found):
        line = f"| {kind} species, {hearing}, {share:.1%} "
        for season in (True, False):
            of = {}
            for cell, rows in found.items():
                same = (cell[0], cell[1], cell[5]) == (kind, hearing, share)
                if same and (cell[4] == "season") == season:
                    of.setdefault(cell[3], []).extend(rows)
            known = [np.mean([row[0][0] for row in rows]) for rows in of.values()]
            mean = np.mean([row[0][0] for rows in of.values() for row in rows])
            line += f"| {mean:.3f} ({min(known):.3f} to {max(known):.3f}) "
            if season:
                widths = np.mean([row[1] for row in of[200]], axis=0)
                holds = np.mean([row[0][1] for row in of[200]])
        print(f"{line}| {widths[0]:.3f} | {widths[1]:.3f}, holds {holds:.2f} |")
    print(f"{options.worlds} worlds in each cell, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
