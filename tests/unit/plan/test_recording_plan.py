"""Recordings to train on, and what jobs are told of them."""

import shutil
from pathlib import Path

import pytest

from anurans.common.errors import UserError
from anurans.plan.config import load
from anurans.plan.recording_plan import RecordingPlan
from anurans.recordings.names import shard_of
from anurans.recordings.times import night_of

ROOT = Path(__file__).parents[3]
NAMES = [f"POND_2021010{n}_{hour}0000" for n in (1, 2, 3) for hour in ("03", "20")]
SETTINGS = {
    "annotations": {"source": "annotations"},
    "species": {"A": "a"},
    "backbones": {"net": {"architecture": "MobileNet", "weights": "random"}},
    "shards": 3,
}


@pytest.fixture
def plan(tmp_path):
    """Give a function that plans a folder of recordings, with other settings."""

    def make(**settings):
        for name in NAMES:
            (tmp_path / f"{name}.wav").touch()
        given = SETTINGS | {"recordings": {"source": str(tmp_path)}} | settings
        return RecordingPlan(load(given, "config"))

    return make


def nothing(path):
    return False


def test_each_recording_is_in_its_shard(plan):
    found = plan()
    assert found.ids == NAMES
    assert found.shards == sorted({shard_of(name, 3) for name in NAMES})
    assert sorted(name for shard in found.shards for name in found.ids_of(shard)) == NAMES
    for shard in found.shards:
        assert [path.rpartition("/")[2][:-4] for path in found.paths(shard)] == found.ids_of(shard)
    assert found.absent is None


def test_what_names_tell(plan):
    found = plan()
    nights = {name: night_of(**clock) for name, clock in found.clocks().items()}
    assert nights["POND_20210102_030000"] == "2021-01-01"
    assert nights["POND_20210102_200000"] == "2021-01-02"
    assert found.told()["POND_20210102_200000"] == {
        "site": "POND",
        "date": "2021-01-02",
        "time": "20:00:00",
        "utc": "",
        "zone": "",
    }
    assert [row["recording"] for row in found.rows()] == NAMES


def test_a_job_waits_for_what_can_be_read_or_is_made(plan, tmp_path):
    (tmp_path / "GONE.wav").symlink_to(tmp_path / "nothing")
    (tmp_path / "ODD{x}.wav").touch()
    found = plan(shards=1)
    (shard,) = found.shards
    good = [f"{tmp_path}/{name}.wav" for name in NAMES]
    assert found.inputs(shard, nothing) == good
    assert found.inputs(shard, lambda path: "GONE" in path) == [f"{tmp_path}/GONE.wav", *good]
    copies = [f"copy/{name}.wav" for name in NAMES]
    files = dict(zip(found.ids_of(shard), found.files(shard, copies, nothing), strict=True))
    assert files["GONE"] == f"{tmp_path}/GONE.wav"
    assert [files[name] for name in NAMES] == copies
    (odd,) = found.faults(shard)
    assert odd.startswith("ODD") and "rename it" in found.faults(shard)[odd]


def test_a_channel_of_the_table_comes_before_that_of_the_config(plan, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text(
        "recording,path,channel\nA,resources/demo/audio/A.wav,right\nB,elsewhere/B.wav,\n"
    )
    given = {"recordings": {"source": str(table)}, "audio": {"channel": "left"}, "shards": 1}
    found = plan(**given)
    assert found.channels("0000") == ["right", "left"]


def test_where_there_are_none_it_says_why_when_it_is_asked(plan):
    found = plan(recordings={"source": "nowhere"})
    assert (found.all, found.ids, found.shards, found.clocks()) == ((), [], [], {})
    with pytest.raises(UserError, match=r"^recordings\.source: nowhere does not exist"):
        found.absent()


def test_the_demo_is_synthesised_where_a_table_names_its_channels_alone(tmp_path, monkeypatch):
    demo = tmp_path / "resources/demo"
    shutil.copytree(ROOT / "resources/demo/annotations", demo / "annotations")
    shutil.copy(ROOT / "resources/demo/recordings.csv", demo)
    monkeypatch.chdir(tmp_path)

    def planned(source):
        return RecordingPlan(load(SETTINGS | {"recordings": {"source": str(source)}}, "config"))

    whole = planned("resources/demo/recordings.csv").demo
    assert len(whole) == 24 and set(whole.values()) == {"left", "right"}
    first, second, *_ = sorted(whole)
    rows = [
        f"{first},resources/demo/audio/{first}.wav,left",
        f"{second},resources/demo/audio/{second}.wav,",
        "DEMO_20300101_000000,resources/demo/audio/DEMO_20300101_000000.wav,left",
        "OTHER,resources/demo/audio/DEMO_20201108_184500.wav,right",
    ]
    (tmp_path / "mine.csv").write_text("recording,path,channel\n" + "\n".join(rows) + "\n")
    assert planned("mine.csv").demo == {first: "left"}
    # A folder holds what there is.
    (demo / "audio").mkdir()
    (demo / f"audio/{first}.wav").touch()
    found = planned("resources/demo/audio")
    assert found.ids == [first] and found.demo == {}
