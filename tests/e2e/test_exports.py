"""What leaves a whole run: opened by what it is for, and without what must not be told."""

import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from conftest import (
    CALLS,
    ROOT,
    add_new,
    names,
    planned,
    read,
    read_config,
    refused,
    snakemake,
    write_config,
)
from packages import faults
from products import digests

from anurans.annotations.sources import annotations_of
from anurans.common.tables import write_table
from anurans.review.verdicts import VERDICT

# Name, the calls in it (of CALLS) and its seed: two sites, three nights, and one of neither.
NEW = {
    "POND_20210210_203000": (3, 50),
    "POND_20210211_213000": (4, 51),
    "MARSH_20210211_223000": (5, 52),
    "MARSH_20210213_223000": (1, 54),
    "undated": (2, 53),
}
DOCS = ROOT / "docs/exports.md"
PLACED = [name for name in NEW if name != "undated"]
SITES = """site,latitude,longitude,habitat,utm_x
POND,-22.8134,-47.0612,forest,288123
MARSH,-22.9071,-47.2534,,268456
TINY,-22.5317,-47.1098,field,283789
"""
SETTINGS = {
    "recordings": {"source": "recordings", "time_zone": "America/Sao_Paulo"},
    "sites": "sites.csv",
    "detection": {
        "recordings": {"source": "new"},
        "model": "given/small/original/linear",
        "overlap": 0.5,
    },
    "review": {"verdicts": ["verdicts-count-1-Ana.csv", "verdicts-teach-1-Bia.csv"]},
    "export": {
        "sensitive": {"LOW": 0.1},
        "licence": "CC-BY-4.0",
        "authors": [{"name": "Ana", "role": "contact"}],
        "site_columns": ["habitat"],
    },
}


def calls_of(row):
    """Whether a species calls in the clip of a row of a queue."""
    calls, _ = NEW[row["recording"]]
    start, end = float(row["start"]), float(row["end"])
    return any(
        min(end, last) - max(start, first) > 0.25
        for first, last in CALLS[calls].get(row["species"], ())
    )


def answer(world):
    """Answer all of the queue to count, and what was suggested: a new clip, and one learnt from."""
    rows = read(world / "results/review/queues/count-1.csv")
    said = {"who": "Ana", "answered_at": "2021-03-01T20:15:00Z"}
    count = [row | said | {"answer": "present" if calls_of(row) else "absent"} for row in rows]
    write_table(world / "verdicts-count-1-Ana.csv", VERDICT, count)
    said |= {"who": "Bia", "kind": "teach", "queue": "teach-1", "answer": "present"}
    heard = next(row for row in count if calls_of(row) and row["recording"] in PLACED)
    learnt = heard | {"recording": names()[0], "question": "q00002"}
    write_table(world / "verdicts-teach-1-Bia.csv", VERDICT, [heard | said, learnt | said])
    return count


@pytest.fixture(scope="module")
def exported(built, copied):
    """The finished world with all exports; not to be changed."""
    world = copied(built)
    add_new(world, NEW)
    (world / "new/broken.wav").write_text("no sound")
    (world / "sites.csv").write_text(SITES)
    config = read_config(world)
    write_config(world, config | SETTINGS | {"review": {}})
    snakemake(world, "results/review/queues/count-1.csv")
    answer(world)
    write_config(world, config | SETTINGS)
    snakemake(world, "export")
    assert planned(world, "export") == {}
    return world


@pytest.fixture
def results(exported):
    return exported / "results/exports"


def test_everything_is_made_and_listed(results):
    rows = read(results / "exports.csv")
    assert {row["made"] for row in rows} == {"yes"} and {row["reason"] for row in rows} == {""}
    there = {f"results/exports/{p.relative_to(results)}" for p in results.rglob("*") if p.is_file()}
    assert there == {row["file"] for row in rows} | {"results/exports/exports.csv"}
    assert not list(results.rglob(".*"))


def test_histories_are_na_where_nothing_was_recorded(results):
    nights = ["2021-02-10", "2021-02-11", "2021-02-13"]
    found = pd.read_csv(results / "occupancy/LOW.csv", index_col="site")
    assert list(found.columns) == nights and list(found.index) == ["MARSH", "POND"]
    missing = {"MARSH": [True, False, False], "POND": [False, False, True]}
    for site, where in missing.items():
        assert found.loc[site].isna().tolist() == where
    minutes = pd.read_csv(results / "occupancy/covariates/minutes.csv", index_col="site")
    assert ((minutes == 0) == found.isna()).all(axis=None)
    assert minutes.to_numpy().sum() == pytest.approx(4 * 20 / 60, abs=0.01)
    events = read(results.parent / "detections/events.csv")
    heard = {row["recording"] for row in events if row["species"] == "LOW"}
    for name in NEW:
        if name != "undated":
            site, date, _ = name.split("_")
            cell = found.loc[site, f"{date[:4]}-{date[4:6]}-{date[6:]}"]
            assert cell == (name in heard)
    states = pd.read_csv(results / "occupancy/states/LOW.csv", index_col="site")
    confirmed = pd.read_csv(results / "occupancy/confirmed/LOW.csv", index_col="site")
    for name in PLACED:
        site, date, _ = name.split("_")
        night = f"{date[:4]}-{date[4:6]}-{date[6:]}"
        calls = "LOW" in CALLS[NEW[name][0]]
        assert (states.loc[site, night] == 2) == calls
        # Every clip was listened to: nothing that was detected is open.
        assert confirmed.loc[site, night] == calls


def test_what_is_left_out_has_its_reason(exported, results):
    rows = read(results / "left_out.csv")
    left = {row["recording"]: row["reason"] for row in rows if not row["answer"]}
    assert set(left) == {"undated", "broken"} and "Format not recognised" in left["broken"]
    answers = [row for row in rows if row["answer"]]
    events = read(exported / "results/detections/events.csv")
    heard = {(e["recording"], e["species"]) for e in events}
    for row in answers:
        if row["recording"] in PLACED:
            assert row["answer"] == "absent" and "no event" in row["reason"]
        elif row["recording"] == "undated":
            assert "no detection history and no data package" in row["reason"]
        else:
            assert row["recording"] == names()[0] and "not one of the new ones" in row["reason"]
    said = read(exported / "verdicts-count-1-Ana.csv")
    lost = [
        r for r in said if r["answer"] == "absent" and (r["recording"], r["species"]) not in heard
    ]
    assert len(lost) <= len(answers) < len(said)


def test_listened_counts_stand_beside_those_of_the_model(exported, results):
    rows = [row for row in read(results / "activity.csv") if row["kind"] == "listened"]
    truth = read(exported / "verdicts-count-1-Ana.csv")
    for species in ("LOW", "HIGH"):
        of = [row for row in rows if row["species"] == species]
        (season,) = (row for row in of if row["by"] == "season")
        present = [r for r in truth if r["species"] == species and r["answer"] == "present"]
        # All clips of the season were drawn, and so are known.
        assert float(season["count"]) == pytest.approx(len(present), abs=1e-3)
        assert season["clips"] == "20" and not season["hour"] + season["night"] + season["site"]
        sites = {row["site"]: float(row["count"]) for row in of if row["by"] == "site"}
        assert sum(sites.values()) == pytest.approx(len(present), abs=1e-3)
        assert {row["month"] for row in of if row["by"] == "month"} == {"2021-02", ""}


def test_data_packages_are_valid(results):
    for name in ("season", "annotations"):
        assert faults(results / name) == []
    season = read(results / "season/observations.csv")
    assert {row["classificationMethod"] for row in season} == {"machine", "human"}
    annotated = read(results / "annotations/observations.csv")
    assert len(annotated) == sum(len(of) for calls in CALLS for of in calls.values())


def test_occurrences_are_what_people_heard(results):
    found = {r["occurrenceID"]: r["identifiedBy"] for r in read(results / "occurrences.csv")}
    assert set(found) == {f"{name}:{of}" for name in PLACED for of in CALLS[NEW[name][0]]}
    assert set(found.values()) == {"Ana", "Ana | Bia"}


@pytest.mark.parametrize("name", ["raven.txt", "kaleidoscope.csv"])
def test_tables_of_many_files_are_read_back_as_the_events(results, name):
    found = annotations_of(results / name, list(NEW), {"species": ["LOW", "HIGH"]})
    rows = read(results.parent / "detections/events.csv")
    assert rows and sorted(
        (recording, call.species, f"{call.start:.6f}", f"{call.end:.6f}")
        for recording, calls in found.items()
        for call in calls
    ) == sorted((r["recording"], r["species"], r["start"], r["end"]) for r in rows)


def test_activity_adds_up_to_what_was_heard(results):
    found = pd.read_csv(results / "activity.csv", dtype={"hour": str})
    events = pd.read_csv(results.parent / "detections/events.csv")
    counts = found[found.kind == "events"].groupby("species")["count"].sum()
    assert counts.to_dict() == events.groupby("species").size().to_dict()
    assert found[found.kind == "events"].clips.sum() == 2 * 5 * 4
    dated = found[found.site.notna() & (found.by == "hour")]
    assert set(dated.hour) == {"20", "21", "22"} and set(dated.after_sunset) == {1, 2, 3}
    banded = found[found.lower.notna()]
    assert (banded.lower <= banded["count"]).all() and (banded["count"] <= banded.upper).all()


def test_no_true_place_of_a_sensitive_species_and_no_path_of_a_machine_is_told(exported, results):
    text = "".join(path.read_text() for path in results.rglob("*") if path.is_file())
    rows = SITES.splitlines()[1:]
    truths = {cell.lstrip("-") for row in rows for cell in row.split(",")[1:3]}
    truths |= {row.split(",")[4] for row in rows}
    assert len(truths) == 9 and not [each for each in truths if each in text]
    assert "-22.85" in text and "forest" in text
    assert str(exported) not in text and "new/" not in text and "/home" not in text


def test_what_a_config_no_longer_makes_goes(exported, tmp_path):
    world = Path(shutil.copytree(exported, tmp_path / "world"))
    exports = world / "results/exports"
    own = [exports / name for name in ("notes.txt", "season/README.md", "occupancy/LOW copy.csv")]
    for path in own:
        path.write_text("mine")
    before = {row["file"] for row in read(exports / "exports.csv")}
    config = read_config(world)
    bare = {"sites": None, "review": {}, "export": config["export"] | {"site_columns": None}}
    write_config(world, config | bare)
    (exports / ".partial-elsewhere-1-occurrences.csv").write_text("-22.8134")
    snakemake(world, "export")
    rows = read(exports / "exports.csv")
    there = {f"results/exports/{p.relative_to(exports)}" for p in exports.rglob("*") if p.is_file()}
    made = {row["file"] for row in rows if row["made"] == "yes"}
    assert there - {str(path.relative_to(world)) for path in own} == made | {
        "results/exports/exports.csv"
    }
    removed = {row["file"] for row in rows if row["removed"] == "yes"}
    assert removed == (before - made) | {"results/exports/.partial-elsewhere-1-occurrences.csv"}
    assert "occurrences.csv: removed" in (world / "logs/list_exports.log").read_text()
    assert not (exports / "annotations").exists()
    # Once, and not again.
    assert planned(world, "export") == {}
    write_config(world, config)
    snakemake(world, "export")
    assert before == {row["file"] for row in read(exports / "exports.csv") if row["made"] == "yes"}
    assert {p.read_text() for p in own} == {"mine"}


def test_mistakes_in_verdicts_are_told_once_and_as_review_tells_them(exported, tmp_path):
    world = Path(shutil.copytree(exported, tmp_path / "world"))
    path = world / "verdicts-count-1-Ana.csv"
    path.write_text(path.read_text().replace(",absent,", ",maybe,", 1))
    told = refused(world, "--keep-going", "export")
    assert "line 2: found answer 'maybe'; expected present, absent, unsure" in told
    assert re.findall(r"Error in rule (\w+):", told) == ["collect_verdicts"]


@pytest.mark.usefixtures("otherwise_hashed")
def test_the_same_input_gives_the_same_bytes(exported, results, tmp_path):
    world = Path(shutil.copytree(exported, tmp_path / "world"))
    shutil.rmtree(world / "results/exports")
    snakemake(world, "--cores", "1", "export")
    assert digests(world) == digests(exported)


def test_what_is_said_of_the_data_packs_it_anew_and_no_more(exported, tmp_path):
    world = Path(shutil.copytree(exported, tmp_path / "world"))
    config = read_config(world)
    config["export"]["citation"] = "Ana (2021)"
    write_config(world, config)
    packed = {"package_season": 1, "package_annotations": 1, "write_occurrences": 1, "export": 1}
    assert planned(world, "export") == packed
    config["export"]["occasion"] = "week"
    write_config(world, config)
    assert planned(world, "export") == packed | {"write_histories": 1}


def test_r_reads_what_a_run_has_written(results):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed (Debian: r-base-core)")
    program = """
    y <- as.matrix(read.csv("occupancy/LOW.csv", row.names = 1, check.names = FALSE))
    activity <- read.csv("activity.csv")
    stopifnot(dim(y) == c(2, 3), is.numeric(y), sum(is.na(y)) == 2, is.numeric(activity$count))
    media <- read.csv("season/media.csv"); seen <- read.csv("season/observations.csv")
    stopifnot(nrow(media) == 4, seen$mediaID %in% media$mediaID)
    """
    of_docs = "\n".join(re.findall(r"```r\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S))
    program += of_docs.replace("results/exports/", "")
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", program], cwd=results, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "listened" in done.stdout and "2021-02" in done.stdout


def test_the_network_of_the_demo_is_its_season():
    folder = ROOT / "resources/demo/season"
    network, season = read(folder / "network.csv"), read(folder / "recordings.csv")
    assert [(r["recording"], r["path"]) for r in network] == [tuple(r.values()) for r in season]
    assert {r["site"] for r in network} == {r["site"] for r in read(folder / "network_sites.csv")}
