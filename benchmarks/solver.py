"""Time and memory of a logistic recipe where clips have many values, and where there are many.

    .venv/bin/python benchmarks/solver.py [--folder FOLDER] [--only wide many season]
        [--scripts FOLDER ...]

Fits the default (11 penalties, 5 inner folds, 3 species) to embeddings on the disk, each in a
process of its own, by one thread:

- wide: 5,000 clips of 50,176 values, a flattened MobileNet;
- many: 100,000 clips of 2,048 values;
- season: 2,500 clips of 1,024 values, one training of AnuraSet's INCT41.

`--scripts` names folders `workflow/scripts` of other states of the project to measure beside this
one, in turn.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import ONE_THREAD, SCRIPTS

SHAPES = {"wide": (5_000, 50_176), "many": (100_000, 2_048), "season": (2_500, 1_024)}
FIT = """
import json, resource, sys, time
import numpy as np
sys.path.insert(0, sys.argv[1])
from anurans.heads.logistic import Logistic, fit_logistic
path, n, width = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
class Rows:
    def __init__(self):
        self.data, self.shape = np.memmap(path, np.float16, "r", shape=(n, width)), (n, width)
        self.dtype = self.data.dtype
    def __len__(self): return n
    def __getitem__(self, rows):
        # Read, not mapped, as rows of shards are.
        out = np.empty((len(range(*rows.indices(n))) if isinstance(rows, slice) else len(rows), width), np.float16)
        with open(path, "rb") as file:
            for at, row in zip(range(len(out)), range(n)[rows] if isinstance(rows, slice) else rows):
                file.seek(int(row) * width * 2)
                file.readinto(out[at])
        return out
rng = np.random.default_rng(1)
labels = np.load(path + ".npy")
fold = np.arange(n) % 5 + 1
start = time.process_time()
fit = fit_logistic(Logistic(), Rows(), labels, fold, fold[:, None] == np.arange(1, 6))
print(json.dumps({"seconds": time.process_time() - start, "converged": list(fit.converged),
    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "C": [row["C"] for row in fit.path if row["chosen"]]}))
"""  # noqa: E501


def make(path: Path, n: int, width: int) -> None:
    """Write values like embeddings: correlated, never below 0, some of them telling."""
    import numpy as np

    rng = np.random.default_rng(0)
    labels = rng.random((n, 3)) < [0.3, 0.15, 0.05]
    mixing = rng.normal(size=(64, width)).astype(np.float32)
    toward = rng.normal(size=(3, 64)).astype(np.float32)
    with path.open("wb") as file:
        for first in range(0, n, 500):
            some = labels[first : first + 500]
            hidden = rng.normal(size=(len(some), 64)).astype(np.float32) + 0.6 * some @ toward
            noise = rng.normal(size=(len(some), width)).astype(np.float32)
            file.write(np.maximum(hidden @ mixing / 8 + noise, 0).astype(np.float16).tobytes())
    np.save(f"{path}.npy", labels)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=SHAPES, default=[*SHAPES])
    parser.add_argument("--scripts", nargs="+", type=Path, default=[])
    given = parser.parse_args()
    print("| clips | values | processor | peak memory | C | converged | of |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for name in given.only:
            n, width = SHAPES[name]
            path = Path(folder) / name
            make(path, n, width)
            for scripts in (SCRIPTS, *given.scripts):
                command = [sys.executable, "-c", FIT, str(scripts), str(path), str(n), str(width)]
                done = subprocess.run(
                    command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True
                )
                found = json.loads(done.stdout)
                print(
                    f"| {n} | {width} | {found['seconds']:.1f} s | {found['mb']:.0f} MB "
                    f"| {', '.join(f'{C:g}' for C in found['C'])} | {all(found['converged'])} "
                    f"| {scripts} |",
                    flush=True,
                )
            path.unlink()


if __name__ == "__main__":
    main()
