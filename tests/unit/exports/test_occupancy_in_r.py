"""Detection histories in R, which they are for: the R of docs/occupancy.md, on a simulated network.

Of 30 sites, of which it is known where the species lives and how often it is heard there.
"""

import re
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import write_histories
from anurans.common.tables import write_table
from anurans.exports.site_counts import CALLS, EFFORT, Calls, Effort, call_rows, effort_rows
from anurans.listening.drift import DRIFT

DOCS = Path(__file__).parents[3] / "docs/occupancy.md"
SITES, NIGHTS, PSI, P, LOST = 30, 14, 0.6, 0.35, 0.2
NAMES = [f"POND{number:02d}" for number in range(1, SITES + 1)]

needs_r = pytest.mark.skipif(
    shutil.which("Rscript") is None, reason="R is not installed (Debian: r-base-core)"
)


def r_of_docs():
    """Blocks of R, by the number of the section that they stand under."""
    text = DOCS.read_text(encoding="utf-8")
    sections = re.split(r"^## (\d)\. .*\n", text, flags=re.M)[1:]
    pairs = zip(sections[::2], sections[1::2], strict=True)
    return {int(n): re.findall(r"```r\n(.*?)```", of, re.S) for n, of in pairs}


def run_r(folder, *parts):
    program = folder / "program.R"
    program.write_text("options(warn = 2)\n" + "\n".join(parts), encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", program.name], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A folder with the histories of a simulated network, made by the job that makes them."""
    folder = tmp_path_factory.mktemp("network")
    rng = np.random.default_rng(20)
    lives = rng.random(SITES) < PSI
    recorded = rng.random((SITES, NIGHTS)) >= LOST
    recorded[0, 5:] = False  # one recorder fails
    heard = lives[:, None] & recorded & (rng.random((SITES, NIGHTS)) < P)
    nights = [(date(2021, 2, 1) + timedelta(night)).isoformat() for night in range(NIGHTS)]
    efforts, calls, drift = {}, {}, []
    for site, night in zip(*np.nonzero(recorded), strict=True):
        place = NAMES[site], nights[night], "20", "1"
        efforts[place] = Effort(2, 2.0, 150.0)
        calls[place, "FROG"] = Calls(24, 3, int(heard[site, night]), 3.0)
        drift.append(
            {"recording": NAMES[site], "night": nights[night], "level": -40.5, "outside": ""}
        )
    write_table(folder / "effort.tsv", EFFORT, effort_rows(efforts))
    write_table(folder / "calls.tsv", CALLS, call_rows(calls))
    write_table(folder / "drift.csv", DRIFT, drift)
    (folder / "sites.csv").write_text(
        "site,latitude,longitude,habitat\n"
        + "".join(f"{name},-22.{n:02d},-47.1,forest\n" for n, name in enumerate(NAMES, 1))
    )
    out = folder / "results/exports/occupancy"
    known = ("minutes", "day", "after_sunset", "level", "drift")
    input = SimpleNamespace(
        effort=[folder / "effort.tsv"],
        calls=[folder / "calls.tsv"],
        drift=folder / "drift.csv",
        sites=[str(folder / "sites.csv")],
        answers=[],
    )
    output = SimpleNamespace(
        detected=[out / "FROG.csv"],
        covariates=[out / f"covariates/{name}.csv" for name in known],
        sites=out / "covariates/sites.csv",
        occasions=out / "covariates/occasions.csv",
    )
    params = SimpleNamespace(
        species=["FROG"],
        occasion="night",
        columns=None,
        sensitive=[],
        names={name: {"site": name} for name in NAMES},
        places={name: [-22.0, -47.1, None, 0.0] for name in NAMES},
    )
    write_histories.main(input, output, params)
    return folder, recorded, heard


def of_frog(text):
    """The R of the docs, for the simulated species."""
    assert text.count('species <- "PHYCUV"') == 1
    return text.replace('species <- "PHYCUV"', 'species <- "FROG"')


@needs_r
def test_r_reads_dimensions_types_and_na(network):
    folder, recorded, heard = network
    (fit,) = r_of_docs()[3]
    text = run_r(
        folder,
        of_frog(fit),
        'level <- read_matrix("covariates", "level.csv")',
        "stopifnot(is.numeric(y), is.numeric(minutes), is.numeric(level))",
        "stopifnot(is.integer(sites$nights), is.character(sites$site))",
        "stopifnot(is.na(level) == is.na(y), level[!is.na(y)] == -40.5, sites$habitat == 'forest')",
        'cat("table", dim(y), sum(is.na(y)), sum(y == 1, na.rm = TRUE), sum(minutes), "\\n")',
        'cat("first", colnames(y)[1], y[1, ], "\\n")',
    )
    (table,) = re.findall(r"^table (.*) $", text, re.M)
    assert table.split() == [
        *(str(SITES), str(NIGHTS), str((~recorded).sum()), str(heard.sum())),
        f"{2 * recorded.sum()}",
    ]
    (first,) = re.findall(r"^first (.*) $", text, re.M)
    cells = np.where(recorded[0], heard[0].astype(int).astype(str), "NA").tolist()
    assert first.split() == ["2021-02-01", *cells]


@needs_r
def test_the_truth_lies_in_the_interval_of_the_constant_model(network):
    folder, _, heard = network
    (fit,) = r_of_docs()[3]
    found = re.findall(
        r"^(\w+) ([\d.]+) \(([\d.]+) to ([\d.]+)\)$", run_r(folder, of_frog(fit)), re.M
    )
    estimates = {name: tuple(map(float, numbers)) for name, *numbers in found}
    for name, truth in (("psi", PSI), ("p", P)):
        estimate, low, high = estimates[name]
        assert low < truth < high and low < estimate < high
    # What was heard is the least; an interval that says nothing would hold the truth too.
    naive = heard.any(axis=1).mean()
    _, low, high = estimates["psi"]
    assert low <= naive and 0.2 < high - low < 0.45


@needs_r
def test_unmarked_fits_the_same(network):
    folder, *_ = network
    here = subprocess.run(
        ["Rscript", "-e", 'quit(status = !requireNamespace("unmarked", quietly = TRUE))'],
        capture_output=True,
    )
    if here.returncode:
        pytest.skip("R's package unmarked is not installed")
    (fit,), (frame, *_) = r_of_docs()[3], r_of_docs()[4]
    frame = frame.replace("~ scale(effort) + scale(level) ~ 1", "~1 ~1")
    text = run_r(folder, of_frog(fit), "model <- {", frame, "}", 'cat("psi", plogis(coef(model)))')
    psi = float(re.findall(r"^psi ([\d.]+) \(", text, re.M)[0])
    assert float(re.findall(r"psi ([\d.]+) [\d.]+$", text)[0]) == pytest.approx(psi, abs=1e-3)
