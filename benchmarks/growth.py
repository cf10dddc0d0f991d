"""How time, memory and disk grow with the number of recordings, stage by stage.

    .venv/bin/python benchmarks/growth.py SIZE [SIZE ...] [--folder FOLDER]

measures the way of a network that knows sound: BirdNET, logistic heads, and as many new recordings
that it listens to. Finished sizes are kept in the folder.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from grid import probed, read_probe
from measuring import ROOT, Row, peak
from synthetic import SPECIES, make_world

FOLDS = ["BOAALB", "PHYCUV", "BOALUN"]
CONFIG = {
    "species": dict.fromkeys(SPECIES, ""),
    "spectrogram": {"fmin": 200, "fmax": 8000},
    "clips": {"keep": True},
    "datasets": {"masked": ["original", "time_mask"]},
    "splits": {
        "recording": {
            "by": "recording",
            "test": 0.25,
            "folds": 2,
            "validation": 0.25,
            "allow_missing": FOLDS,
        }
    },
    "backbones": {
        "small": {
            "architecture": "MobileNet",
            "alpha": 0.25,
            "weights": "random",
            "pooling": "time",
        }
    },
    "recipes": {"linear": {"solver": "adam", "epochs": 20, "early_stopping": None}},
    "shards": 4,
}
SOUND = CONFIG | {
    "clips": {},
    "datasets": {"original": ["original"]},
    "backbones": {"birdnet": {"architecture": "BirdNET"}},
    "recipes": {"logistic": {}},
    "detection": {"recordings": {"source": "new"}, "model": "recording/birdnet/original/logistic"},
}
STAGES = {
    "recordings": ("inspect_recordings", "check_recordings", "collect_recordings"),
    "clips": ("cut_clips",),
    "images": ("compute_spectrograms", "plan_masks", "mask_spectrograms"),
    "embeddings": ("embed_spectrograms", "embed_sound"),
    "labels and splits": ("label_clips", "assign_roles", "collect_annotations"),
    "training": ("train_model",),
    "evaluation": ("evaluate_model", "check_leakage", "summarize_runs"),
    "new recordings": ("detect_calls",),
    "events of new recordings": ("find_events", "collect_detections"),
    "season, figures and pages": (
        *("collect_profiles", "profile_recordings", "measure_drift", "tabulate_activity"),
        *("expect_precision", "plot_season", "plot_calendar", "plot_night", "plot_drift"),
        *("write_activity", "write_drift", "write_monitoring"),
    ),
    "Snakemake": ("snakemake",),
}
DISK = {
    "recordings": ("recordings",),
    "clips": ("clips",),
    "images": ("spectrograms",),
    "embeddings": ("embeddings",),
    "labels and splits": ("labels", "splits"),
    "training": ("training",),
    "new recordings": ("detections",),
}
FIGURE = ROOT / "docs/growth"


def measure(folder: Path, sizes: list[int], config: dict = CONFIG) -> dict:
    """Run the workflow on so many recordings; seconds, MB and bytes of each stage."""
    for size in sizes:
        world = folder / f"growth-{size}"
        if (world / "results/summary.csv").exists():
            continue
        new = size if "detection" in config else 0
        make_world(world, size, config, new=new)
        salted(world)
        probed(world, "probe.jsonl", "results/summary.csv", *(["monitoring"] if new else []))
    return collect(folder, sizes)


def collect(folder: Path, sizes: list[int]) -> dict:
    """Gather what runs of `measure` left."""
    found = {"recordings": sizes, "seconds": {}, "memory": {}, "disk": {}, "rules": {}}
    for size in sizes:
        world = folder / f"growth-{size}"
        seconds = defaultdict(float)
        for each in read_probe(world / "probe.jsonl"):
            seconds[each["rule"]] += each["processor"]
        memory = {path.name.removesuffix(".log"): peak(path) for path in (world / "logs").iterdir()}
        for rule, value in memory.items():
            found["rules"].setdefault(rule, []).append(value)
        for stage, rules in STAGES.items():
            found["seconds"].setdefault(stage, []).append(sum(seconds[rule] for rule in rules))
            found["memory"].setdefault(stage, []).append(max(memory.get(r, 0) for r in rules))
        for stage, places in DISK.items():
            files = [path for place in places for path in (world / "results" / place).rglob("*")]
            found["disk"].setdefault(stage, []).append(
                sum(path.stat().st_size for path in files if path.is_file())
            )
    return found


def salted(world: Path) -> None:
    """Give the split a salt that leaves no part empty."""
    from measuring import snakemake

    path = world / "config/config.yaml"
    text = path.read_text()
    refusal = None
    for salt in range(100):
        path.write_text(
            text.replace("    by: recording\n", f"    by: recording\n    salt: '{salt}'\n")
        )
        try:
            snakemake(world, "-n", "results/splits/recording.tsv", "results/summary.csv")
            return
        except RuntimeError as error:
            refusal = error
    raise RuntimeError("no salt fits") from refusal


def exponent(sizes: list[int], values: list[float]) -> float:
    """Exponent of growth, of a line through the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(values, 1e-9)), 1)[0])


def rows(found: dict, quick: bool):
    """Rows of the table."""
    sizes = found["recordings"]
    small, large = (sizes.index(max(sizes) // 10), -1) if max(sizes) // 10 in sizes else (0, -1)
    jobs = {rule: values for rule, values in found["rules"].items() if all(values)}
    most = max(values[large] for values in jobs.values()) / max(v[small] for v in jobs.values())
    grown = {rule: values[large] / values[small] for rule, values in jobs.items()}
    rule = max(grown, key=grown.get)
    yield Row(
        f"peak memory of any job, {sizes[large]} recordings",
        f"{sizes[small]} recordings, as many shards",
        f"{100 * (most - 1):+.0f} % for the largest job; {rule} grows most, by "
        f"{100 * (grown[rule] - 1):.0f} %, from {jobs[rule][small]:.0f} to "
        f"{jobs[rule][large]:.0f} MB",
        "within 20 %",
        (max(grown.values()) <= 1.2) if not quick else None,
        "A training holds the table of its clips, roles and labels, some 1 kB a clip; embeddings "
        "stay on the disk."
        if rule == "train_model"
        else "",
    )


def draw(found: dict) -> None:
    """Draw the figure of docs/speed.md."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams |= {"svg.hashsalt": "growth", "font.size": 9, "svg.fonttype": "none"}
    sizes = np.array(found["recordings"])
    colours = dict(zip(STAGES, plt.get_cmap("tab10").colors, strict=False))
    panels = [
        ("seconds", "processor time (s)", 1.0),
        ("memory", "peak memory of a job (MB)", 1.0),
        ("disk", "disk (MB)", 1e-6),
    ]
    figure, every = plt.subplots(1, 3, figsize=(11, 4.2), layout="constrained")
    for axes, (kind, label, scale) in zip(every, panels, strict=True):
        ends = []
        for stage, values in found[kind].items():
            values = np.array(values) * scale
            if not values.all():
                continue
            axes.plot(sizes, values, marker="o", ms=3.5, lw=1.3, color=colours[stage])
            ends.append([np.log10(values[-1]), stage, exponent(sizes, values)])
        axes.set(xscale="log", yscale="log", xlabel="recordings of a minute", ylabel=label)
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.minorticks_off()
        low, high = np.log10(axes.get_ylim())
        apart, below = (high - low) / 17, -np.inf
        for end in sorted(ends):
            end[0] = below = max(end[0], below + apart)
        for at, stage, power in ends:
            text = f"{stage}  {power:.2f}"
            place = (sizes[-1] * 1.15, 10**at)
            axes.annotate(text, place, color=colours[stage], va="center", annotation_clip=False)
        axes.set_xlim(sizes[0] * 0.8, sizes[-1] * 1.1)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    figure.savefig(f"{FIGURE}.svg", metadata={"Date": None})
    figure.savefig(f"{FIGURE}.png", dpi=110, metadata={"Software": None})


def table(found: dict) -> list[str]:
    """Markdown table of the exponents."""
    lines = [
        "| stage | "
        + " | ".join(f"{size} recordings" for size in found["recordings"])
        + " | exponent |"
    ]
    lines.append("| --- |" + " --- |" * (len(found["recordings"]) + 1))
    for stage, values in found["seconds"].items():
        cells = " | ".join(f"{value:.1f} s" for value in values)
        lines.append(f"| {stage} | {cells} | {exponent(found['recordings'], values):.2f} |")
    return lines


def save(found: dict) -> None:
    """Keep the numbers beside the figure."""
    (ROOT / "benchmarks/growth.json").write_text(json.dumps(found, indent=1) + "\n")


def main() -> None:
    """Measure the way of BirdNET, and print how it grows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, help="where to work; kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = (given.folder or Path(place)).resolve()
        found = measure(folder, given.sizes, SOUND)
    print("\n".join(table(found)))
    for stage, values in found["memory"].items():
        if any(values):
            print(f"{stage}: {', '.join(f'{value:.0f}' for value in values)} MB")
    for row in rows(found, False):
        print(row.work, row.measured)


if __name__ == "__main__":
    main()
