"""Recorders with equal file names, in UTC, beyond noon: from their cards to labels and days."""

import shutil
from pathlib import Path

import conftest
import numpy as np
import pytest
import soundfile as sf
from conftest import read, snakemake

SITES = ("east", "west")
# In UTC: 14:59:50 is 11:59:50 in São Paulo, ten seconds before noon.
TIMES = [f"202401{day:02d}_{time}" for day in range(20, 25) for time in ("145950", "233000")]


def make(folder: Path) -> Path:
    """A world of two recorders that call their files alike, 20 s each, in UTC."""
    shutil.rmtree(folder / "recordings")
    shutil.rmtree(folder / "annotations")
    rng = np.random.default_rng(1)
    for site in SITES:
        for name in TIMES:
            for part in ("recordings", "annotations"):
                (folder / part / site).mkdir(parents=True, exist_ok=True)
            sound = rng.normal(0, 0.05, conftest.SR * 20)
            sf.write(folder / f"recordings/{site}/{name}.WAV", sound, conftest.SR, subtype="PCM_16")
            text = "1\t4\tLOW\n11\t14\tHIGH\n12\t14\tLOW\n2\t4\tHIGH\n"
            (folder / f"annotations/{site}/{name}.txt").write_text(text)
    (folder / "sites.csv").write_text(
        "site,latitude,longitude\neast,-22.8,-47.1\nwest,-22.9,-47.2\n"
    )
    config = {
        key: value
        for key, value in conftest.CONFIG.items()
        if key in ("project", "species", "backbones", "evaluation", "shards")
    }
    config |= {
        "sites": "sites.csv",
        "recordings": {
            "source": "recordings",
            "id": "path",
            "clock": "UTC",
            "time_zone": "America/Sao_Paulo",
        },
        "annotations": {"source": "annotations"},
        "splits": {
            "night": {"by": "night", "test": 0.2, "folds": 2, "validation": 0, "salt": "0"},
        },
        "recipes": {"logistic": {"C": [0.1]}},
    }
    conftest.write_config(folder, config)
    return folder


@pytest.fixture
def recorders(fresh):
    return make(fresh)


def test_clips_are_dealt_by_the_local_night_of_each(recorders):
    snakemake(recorders, "results/splits/night.tsv")
    rows = read(recorders / "results/recordings.csv")
    assert len(rows) == len(SITES) * len(TIMES)
    first = rows[0]
    assert (first["recording"], first["site"]) == ("east/20240120_145950", "east")
    assert (first["date"], first["time"]) == ("2024-01-20", "11:59:50")
    assert first["utc"] == "2024-01-20T14:59:50Z"
    assert float(first["latitude"]) == -22.8
    clips = read(recorders / "results/splits/night.tsv", "\t")
    of = [row for row in clips if row["recording"] == "east/20240121_145950"]
    assert [row["night"] for row in of] == ["2024-01-20"] * 2 + ["2024-01-21"] * 2
    assert [row["group"] for row in of] == [row["night"] for row in of]
    roles = {}
    for row in clips:
        roles.setdefault(row["night"], set()).add((row["fold-1"], row["fold-2"]))
    assert all(len(each) == 1 for each in roles.values())
    assert len(roles) == 6 and len(set.union(*roles.values())) > 1


def test_a_whole_run_of_it_is_certified_and_heard_by_local_time(recorders):
    """Detection listens to the first recorder's cards as if they were new."""
    config = conftest.yaml.safe_load((recorders / "config/config.yaml").read_text())
    shutil.copytree(recorders / "recordings/east", recorders / "new/north")
    for number, path in enumerate(sorted((recorders / "new/north").iterdir())):
        sound, sr = sf.read(path)
        sf.write(path, np.roll(sound, 100 * number + 1) * 0.9, sr, subtype="PCM_16")
    config["detection"] = {"recordings": {"source": "new"}}
    conftest.write_config(recorders, config)
    snakemake(recorders, "results/summary.csv", "monitoring")
    (certificate,) = {row["verdict"] for row in read(recorders / "results/checks/leakage.csv")}
    assert certificate == "ok"
    days = {path.name for path in (recorders / "results/detections/audacity").iterdir()}
    assert days == {f"202401{day}" for day in range(20, 25)}
    labels = sorted((recorders / "results/detections/audacity/20240120/north").iterdir())
    assert [path.stem for path in labels] == ["20240120_145950", "20240120_233000"]
    hours = {row["hour"] for row in read(recorders / "results/monitoring/hours.csv")}
    assert hours == {"11", "12", "20"}
    nights = {row["night"] for row in read(recorders / "results/monitoring/dates.csv")}
    assert nights == {f"2024-01-{day}" for day in range(19, 25)}
    for row in read(recorders / "results/detections/events.csv"):
        assert row["utc"].startswith(row["date"])
        assert (int(row["utc"][11:13]) - int(row["time"][:2])) % 24 == 3
