"""Recorders with equal file names, in UTC, beyond noon: from their cards to labels and days."""

import shutil
from pathlib import Path

import conftest
import numpy as np
import pytest
import soundfile as sf
from conftest import read, snakemake
from headers import write_comment

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
        "site,latitude,longitude\neast,-22.8,-47.1\nnorth,-22.9,-47.2\n"
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
            "site": {"by": "site", "folds": "sites", "validation": 0},
        },
        "recipes": {"logistic": {"C": [0.1]}},
    }
    conftest.write_config(folder, config)
    return folder


@pytest.fixture
def recorders(fresh):
    return make(fresh)


@pytest.mark.fault(
    "Recordings",
    "headers that say another time than the name (a recorder set to another clock)",
    sees="In 1 recording the header of the file says another time than the name or table",
    kept="everything, by the name or table; `header_time` in results/recordings.csv",
)
def test_clips_are_dealt_by_the_local_night_of_each(recorders, sees):
    # As the name, in local time; and as if its clock had been local.
    write_comment(recorders / "recordings/west/20240120_233000.WAV", "20:30:00 20/01/2024 (UTC-3)")
    write_comment(recorders / "recordings/west/20240121_233000.WAV", "23:30:00 21/01/2024 (UTC-3)")
    snakemake(recorders, "results/splits/night.tsv", "results/recordings.csv")
    rows = read(recorders / "results/recordings.csv")
    times = {row["recording"]: row["header_time"] for row in rows if row["header_time"]}
    assert times == {"west/20240121_233000": "2024-01-21 23:30:00-03:00"}
    assert sees in (recorders / "logs/collect_recordings.log").read_text()
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


@pytest.mark.slow
def test_a_whole_run_of_it_is_certified_and_heard_by_local_time(recorders):
    """Detection listens to the first recorder's cards as if they were new."""
    config = conftest.read_config(recorders)
    shutil.copytree(recorders / "recordings/east", recorders / "new/north")
    for number, path in enumerate(sorted((recorders / "new/north").iterdir())):
        sound, sr = sf.read(path)
        sf.write(path, np.roll(sound, 100 * number + 1) * 0.9, sr, subtype="PCM_16")
    # One card holds a recording that the model learns from; another recording is there twice.
    (recorders / "new/known").mkdir()
    shutil.copy(recorders / "recordings/east/20240121_233000.WAV", recorders / "new/known/")
    (recorders / "new/twice").mkdir()
    shutil.copy(recorders / "new/north/20240122_233000.WAV", recorders / "new/twice/")
    # And a third time, by a clock that was wrong.
    (recorders / "new/wrong").mkdir()
    shutil.copy(
        recorders / "new/north/20240122_233000.WAV", recorders / "new/wrong/20240123_150000.WAV"
    )
    for path in (recorders / "new").glob("*/*_233000.WAV"):
        label = recorders / "truth" / path.parent.name / f"{path.stem}.txt"
        label.parent.mkdir(parents=True, exist_ok=True)
        label.write_text("1\t4\tLOW\n")
    model = "site/small/original/logistic"
    config["detection"] = {"recordings": {"source": "new"}, "model": model, "truth": "truth"}
    conftest.write_config(recorders, config)
    tables = [f"results/tables/{name}.csv" for name in ("sites", "optimism")]
    figures = ["results/figures/sites-site.svg", "results/figures/optimism.svg"]
    snakemake(recorders, "results/summary.csv", *tables, *figures, "monitoring")
    roles = {}
    for row in read(recorders / "results/splits/site.tsv", "\t"):
        roles.setdefault(row["group"], set()).add((row["fold-1"], row["fold-2"]))
    assert roles == {"east": {("held_out", "train")}, "west": {("train", "held_out")}}
    of = [row for row in read(recorders / tables[0]) if row["split"] == "site"]
    assert {(row["site"], row["subset"]) for row in of} == {(s, "held_out") for s in SITES}
    (pair,) = {(row["leaky"], row["split"]) for row in read(recorders / tables[1])}
    assert pair == ("night", "site")
    (certificate,) = {row["verdict"] for row in read(recorders / "results/checks/leakage.csv")}
    assert certificate == "ok"
    days = {path.name for path in (recorders / "results/detections/audacity").iterdir()}
    assert days == {f"202401{day}" for day in range(20, 25)}
    labels = sorted((recorders / "results/detections/audacity/20240120/north").iterdir())
    assert [path.stem for path in labels] == ["20240120_145950", "20240120_233000"]
    found = {row["recording"]: row for row in read(recorders / "results/detections/recordings.csv")}
    learnt = {name: row["learnt_from"] for name, row in found.items() if row["learnt_from"]}
    assert learnt == {"known/20240121_233000": "east/20240121_233000"}
    (copy,) = [row for row in found.values() if row["status"] != "ok"]
    assert copy["recording"] == "twice/20240122_233000"
    assert (
        copy["reason"] == "has the same sound as north/20240122_233000, which is used in its place"
    )
    twice = {name: row["same_as"] for name, row in found.items() if row["same_as"]}
    assert twice == {"wrong/20240123_150000": "north/20240122_233000"}
    judged = read(recorders / "results/detections/judged.csv")
    assert {row["recordings"] for row in judged} == {"5"}
    page = (recorders / "results/monitoring/monitoring.html").read_text()
    assert "The model learnt from 1 of 13 recordings" in page
    assert "1 recording has the same sound as one of another day" in page
    hours = {row["hour"] for row in read(recorders / "results/monitoring/hours.csv")}
    assert hours == {"11", "12", "20"}
    nights = {row["night"] for row in read(recorders / "results/monitoring/dates.csv")}
    assert nights == {f"2024-01-{day}" for day in range(19, 25)}
    sun = read(recorders / "results/monitoring/sun.csv")
    assert {row["event"] for row in sun} == {"sunset", "dusk", "dawn", "sunrise"}
    # 20:30 is an hour and a half after sunset, 11:59:50 is seven hours before it.
    minutes = {int(row["after"]) for row in sun if row["event"] == "sunset"}
    assert {90} < minutes and all(each == 90 or each < -390 or each > 960 for each in minutes)
    assert (recorders / "results/monitoring/sun.svg").exists()
    for row in read(recorders / "results/detections/events.csv"):
        assert (row["after_sunset"] != "") == row["recording"].startswith("north")
        assert row["utc"].startswith(row["date"])
        assert (int(row["utc"][11:13]) - int(row["time"][:2])) % 24 == 3


def test_copies_under_another_name_are_left_out(fresh):
    """As file syncing makes them: X (1).wav beside X.wav."""
    for part, ending in (("recordings", "wav"), ("annotations", "txt")):
        for name in conftest.names()[:2]:
            file = fresh / part / f"{name}.{ending}"
            shutil.copy(file, file.with_stem(f"{name} (1)"))
    snakemake(fresh, "results/splits/clip.tsv", "results/annotations.csv", "results/recordings.csv")
    rows = {row["recording"]: row for row in read(fresh / "results/recordings.csv")}
    copy = f"{conftest.names()[0]} (1)"
    assert rows[copy]["status"] == "quarantined" and rows[copy]["same_as"] == conftest.names()[0]
    assert rows[copy]["reason"].startswith("has the same sound as")
    roles = {}
    for row in read(fresh / "results/splits/clip.tsv", "\t"):
        roles.setdefault(row["recording"].endswith("(1)"), set()).add(row["fold-all"])
    assert roles[True] == {"left_out"} and "left_out" not in roles[False]
    text = (fresh / f"annotations/{copy}.txt").read_text()
    (fresh / f"annotations/{copy}.txt").write_text(text + "15.5\t16\tLOW\n")
    message = conftest.refused(fresh, "results/annotations.csv")
    assert "1 recording is annotated otherwise than another one of the same sound" in message
