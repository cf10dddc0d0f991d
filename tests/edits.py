"""Edits of a copy of the tiny world, and the jobs that a plan of it counts."""

import os
import re
import shutil
import time

import numpy as np
import soundfile as sf
from conftest import CALLS, make_recording, names, planned, read_config, snakemake, write_config
from hearing import ear, write_network

# What only judges, tabulates or draws what runs have made is not counted, so that a new table or
# figure is not an error here.
JUDGES = (
    *("summarize_runs", "check_leakage", "tabulate_", "calibrate_"),
    *("trace_runs", "render_", "write_"),
)
REPORTS = {"tables": True, "figures": True}
NEW = "NEW_20210120_200000"


def measured(world):
    """Count the jobs of each rule in the plan; of tables and figures only whether there are any."""
    counts = {}
    for rule, n in planned(world).items():
        if rule.startswith(JUDGES):
            counts["tables"] = True
        elif rule.startswith("plot_"):
            counts["figures"] = True
        else:
            counts[rule] = n
    return counts


def make_tables(world):
    """Run all but figures."""
    snakemake(world, "summary", "tables", "pages")


def setting(*path):
    """Edit: give a key of the config, named by the path to it, its last element as value."""
    *keys, last, value = path

    def edit(world):
        config = place = read_config(world)
        for key in keys:
            place = place.setdefault(key, {})
        place[last] = value
        write_config(world, config)

    return edit


def edits(*each):
    """Edit: several, one after the other."""

    def edit(world):
        for one in each:
            one(world)

    return edit


def text(name, old, new):
    """Edit: replace the first `old` in a file of the workflow."""

    def edit(world):
        path = world / name
        assert old in path.read_text(), f"{name} has no {old!r} any more; edit another place"
        path.write_text(path.read_text().replace(old, new, 1))

    return edit


def spare_definitions(world):
    """Edit: define something in every module of the library that nobody uses."""
    for path in (world / "workflow/scripts/anurans").rglob("*/*.py"):
        with path.open("a") as file:
            file.write("\n\nUNUSED = 1\n\n\ndef unused():\n    return UNUSED\n")


def reword_errors(world):
    """Edit: other words in every message for users, and in every line of a log."""
    count = 0
    for path in (world / "workflow/scripts").rglob("*.py"):
        told = re.compile(r'((?:raise UserError|^ +log\.\w+)\(\s*f?")', re.M)
        reworded, found = told.subn(r"\1In other words: ", path.read_text())
        count += found
        path.write_text(reworded)
    assert count > 100


def nothing(world):
    pass


def touch_everything(world):
    """Turn the times of all sources, scripts, modules and results round: inputs are the newer."""
    paths = [path for path in world.rglob("*") if path.is_file() and ".snakemake" not in path.parts]
    assert max(path.stat().st_size for path in paths) > 1_000_000
    now = time.time()
    for age, path in enumerate(sorted(paths, key=lambda path: path.stat().st_mtime_ns)):
        os.utime(path, (now - age, now - age))


def move_first_call(recording):
    """Edit: let the first call of a recording begin 0.1 s later."""

    def edit(world):
        path = world / f"annotations/{recording}.txt"
        first, *others = path.read_text().splitlines(keepends=True)
        start, end, label = first.split("\t")
        path.write_text("".join([f"{float(start) + 0.1:.6f}\t{end}\t{label}", *others]))

    return edit


def annotate(recording, species):
    """Edit: add a call to the annotations of a recording."""

    def edit(world):
        with (world / f"annotations/{recording}.txt").open("a") as file:
            file.write(f"1.000000\t2.000000\t{species}_F\n")

    return edit


def state(*lines):
    """Edit: name a table of statements with these lines in the config."""

    def edit(world):
        rows = ["recording,start,end,species,answer", *lines]
        (world / "partial.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        setting("annotations", "partial", ["partial.csv"])(world)

    return edit


def write_otherwise(world):
    """Other line ends, another order of lines, and another number of digits."""
    for path in world.glob("annotations/*.txt"):
        lines = path.read_text().replace("00\t", "\t").splitlines()
        path.write_bytes("\r\n".join(reversed(lines)).encode() + b"\r\n")


def use_a_table(world):
    """Move all annotations to one CSV table, and accept the results of the files as its own."""
    rows = ["recording,start,end,label"]
    for path in sorted(world.glob("annotations/*.txt")):
        lines = path.read_text().replace("\t", ",").splitlines()
        rows += [f"{path.stem},{line}" for line in lines]
    (world / "calls.csv").write_text("\n".join(rows) + "\n")
    setting("annotations", "source", "calls.csv")(world)
    snakemake(world, "--touch")
    assert planned(world) == {}


def move_first_row(world):
    """Move the call that `move_first_call` of the first recording moves."""
    header, first, *others = (world / "calls.csv").read_text().splitlines(keepends=True)
    recording, start, end, label = first.split(",")
    assert recording == names()[0]
    first = f"{recording},{float(start) + 0.1:.6f},{end},{label}"
    (world / "calls.csv").write_text("".join([header, first, *others]))


def add_recording(world):
    # Of a sound of its own: a copy would be left out.
    make_recording(world / f"recordings/{NEW}.wav", CALLS[0], seed=50)
    shutil.copy(world / f"annotations/{names()[0]}.txt", world / f"annotations/{NEW}.txt")
    with (world / "folds.csv").open("a") as file:
        file.write(f"{NEW},test\n")


def remove_recording(world):
    for path in (f"recordings/{names()[5]}.wav", f"annotations/{names()[5]}.txt"):
        (world / path).unlink()


def replace_recording(world):
    """Another sound under the same name, over 1 MB."""
    path = world / f"recordings/{names()[3]}.wav"
    sound, sr = sf.read(path, dtype="int16")
    sf.write(path, np.concatenate([sound, sound[::-1]]), sr)
    assert path.stat().st_size > 1_000_000


def place_sites(world):
    """Say where the sites are, in a table of their coordinates."""
    sites = sorted({name.split("_")[0] for name in names()})
    rows = ["site,latitude,longitude", *(f"{site},-15.8,-47.9" for site in sites)]
    (world / "sites.csv").write_text("\n".join(rows) + "\n")
    setting("sites", "sites.csv")(world)


def write_config_otherwise(world):
    """Defaults written out, keys in another order, 5 for 5.0, and paths in another way."""
    config = read_config(world)
    config["recordings"]["source"] = "./recordings/"
    config["annotations"]["source"] = str(world / "annotations")
    config["embedding"] = {"precision": "auto"}
    config["clips"] = {"min_last": 0.5, "length": 5}
    config["labelling"] = {"min_fraction": 0.5, "rule": "default"}
    config["spectrogram"] = {"top_db": 80.0, "fmin": 0.0, "n_fft": 1024, "hop_length": 494}
    config["recipes"]["linear"] |= {"dropout": 0.0, "batch_size": 32}
    config["recipes"]["logistic"] |= {"solver": "logistic", "inner_folds": 5}
    for place in ("recipes", "backbones", "splits", "augmentation"):
        for name, of in config[place].items():
            config[place][name] = dict(reversed(of.items()))
    write_config(world, dict(reversed(config.items())))


def add_hearing(world):
    """One more backbone, which takes sound."""
    write_network(world / "tiny.xml")
    setting("backbones", "ear", ear())(world)


def add_species(world):
    """One more species, heard in every recording."""
    setting("species", "OTHER", "another tone")(world)
    for name in names():
        annotate(name, "OTHER")(world)


LINEAR = {"solver": "adam", "learning_rate": 0.01, "epochs": 20, "early_stopping": None}
ADD_RECIPE = edits(
    setting("recipes", "quick", LINEAR | {"epochs": 1}),
    setting("experiments", "datasets", {"splits": ["given"], "recipes": ["linear"]}),
    setting("experiments", "optimism", {"datasets": ["original"], "recipes": ["linear"]}),
    setting(
        "experiments",
        "quick",
        {"datasets": ["original"], "splits": ["clip"], "recipes": ["quick"]},
    ),
)
SMALL = {"architecture": "MobileNet", "alpha": 0.25, "weights": "random"}
GIVEN = {"by": "file", "file": "folds.csv", "folds": 2, "validation": 0.5, "salt": "10"}
REPORT = "workflow/report/models.rst"
TEMPLATE = "workflow/pages/table.js"
SPECTROGRAMS = "workflow/scripts/anurans/sounds/spectrograms.py"
MASKING = "workflow/scripts/anurans/sounds/masking.py"
EVALUATION = "workflow/scripts/anurans/scores/evaluation.py"
FIGURES = "workflow/scripts/anurans/report/figures.py"
TUNING = text(EVALUATION, "np.abs(halfway - HALF)", "np.abs(HALF - halfway)")
DRAWING = text(SPECTROGRAMS, "AMIN = 1e-10", "AMIN = 1.0e-10 * 1")

# Jobs that several edits start. All nine runs are trained and judged anew; the labels of one shard
# of each technique are, and every run is judged by them; all is, for one shard; all images are.
ALL_RUNS = {"train_model": 9, "evaluate_model": 9, **REPORTS}
LABELS = {"label_clips": 4, "collect_annotations": 1, "evaluate_model": 9, **REPORTS}
ONE_SHARD = {
    "inspect_recordings": 1,
    "check_recordings": 1,
    "collect_recordings": 1,
    "plan_stretches": 1,
    "plan_masks": 2,
    "cut_clips": 1,
    "stretch_time": 1,
    "compute_spectrograms": 2,
    "mask_spectrograms": 2,
    "embed_spectrograms": 4,
    "label_clips": 4,
    "assign_roles": 2,
    **ALL_RUNS,
}
IMAGES = {
    "cut_clips": 2,
    "stretch_time": 2,
    "compute_spectrograms": 4,
    "mask_spectrograms": 4,
    "embed_spectrograms": 8,
    **ALL_RUNS,
}
