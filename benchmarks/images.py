"""From clips, and from recordings, to stored images."""

from pathlib import Path

from measuring import Row, in_turn, job, snakemake, times, way
from synthetic import make_world, names

# As many as a shard of config/inct41.yaml has.
MINUTES = 23


def make(folder: Path, quick: bool) -> Path:
    """A world of one shard, its clips cut and kept."""
    config = {
        "species": {"BOAALB": "", "PHYCUV": "", "BOALUN": ""},
        "spectrogram": {"fmin": 200, "fmax": 8000},
        "clips": {"keep": True},
        "splits": {
            "all": {"folds": 0, "test": 0.3, "allow_missing": ["BOAALB", "PHYCUV", "BOALUN"]}
        },
        "backbones": {
            architecture.lower(): {
                "architecture": architecture,
                "weights": "random",
                "pooling": "time",
            }
            for architecture in ("MobileNet", "ResNet50", "DenseNet121", "InceptionV3")
        },
        "shards": 1,
    }
    if (folder / "shard").exists():
        return folder / "shard"
    world = make_world(folder / "shard", 4 if quick else MINUTES, config)
    snakemake(world, "results/spectrograms/original/0000.h5")
    return world


def rows(world: Path, quick: bool):
    """Measure, and give the rows of the table."""
    recordings = [path.stem for path in sorted((world / "recordings").glob("*.wav"))]
    count = 12 * len(recordings)
    assert recordings == sorted(names(len(recordings)))
    settings = {
        "scale": "mel",
        "n_fft": 1024,
        "hop_length": 494,
        "n_mels": 128,
        "fmin": 200.0,
        "fmax": 8000.0,
        "transform": "db",
        "top_db": 80.0,
        "ref": "max",
    }

    def draw():
        return job(
            "compute_spectrograms.py",
            world,
            count,
            input={"shard": "results/clips/original/0000.h5"},
            output={"shard": "out/images.h5"},
            params={"settings": settings, "code": ""},
        )

    clips = world / "results/clips/original/0000.h5"
    found = in_turn(
        2 if quick else 5,
        draw=draw,
        study=lambda: way("study_images", clips, 4 if quick else 12),
        floor=lambda: way("floor_images", clips, world / "out/floor.h5"),
    )
    study, floor, ours = found["study"], found["floor"], found["draw"]
    ratio, started = study.each / ours.each_inside, times(study, ours)
    yield Row(
        f"clip -> stored image, inside the job, per core ({count} clips)",
        "the study's way: figure to PNG, read back, resized",
        f"{ratio:.0f} times ({1e3 * ours.each_inside:.2f} against {1e3 * study.each:.0f} ms a "
        f"clip); {started:.0f} times with the start of the job",
        "60 times",
        ratio >= 60,
    )
    share, whole = floor.each / ours.each_inside, floor.each / ours.each
    yield Row(
        "the same",
        "its parts alone: read, rfft, mel product, write",
        f"{share:.2f} of their rate ({5 / floor.each:.0f} times real time); {whole:.2f} with the "
        "start of the job",
        "0.75",
        share >= 0.75,
        f"{ours.processor - ours.start:.2f} s inside, {ours.start:.2f} s for Python, NumPy, SciPy "
        f"and h5py to start; the parts alone {floor.each * count:.2f} s, done plainly: groups of "
        "filters that see few bins, and buffers that stay, gain more than decibels, the way to 224 "
        "rows and the digests of the shard cost.",
    )
