"""New recordings, dealt to the jobs of days."""

from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.config import load
from anurans.plan.day_plan import DayPlan, day_of
from anurans.plan.recording_plan import RecordingPlan
from anurans.recordings.names import Recording

ROOT = Path(__file__).parents[3]
SEASON = {"source": "resources/demo/season/recordings.csv"}


@pytest.fixture
def days(monkeypatch):
    """Give a function that deals the new recordings of the demo, with another `detection`."""
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())

    def deal(detection):
        config = load(demo | {"detection": detection}, "config")
        recordings = RecordingPlan(config)
        return DayPlan(config, recordings, AnnotationPlan(config, recordings))

    return deal


def test_recordings_are_dealt_to_days(days):
    found = days({"recordings": SEASON})
    assert sum(map(len, found.all.values())) == 200
    assert found.all["20210921"][0].date == "2021-09-21"
    assert "x/20210921.tsv" in found.of_all("x/{day}.tsv")
    assert len(found.of_all("{day}")) == len(found.all)
    told = found.told("20210921")
    assert {each["date"] for each in told.values()} == {"2021-09-21"}
    assert len(found.all_told()) == 200 and found.all_told().items() >= told.items()


def test_recordings_without_a_date_have_jobs_of_their_own():
    days = {day_of(Recording(f"R{n}", "")) for n in range(500)}
    assert len(days) == 32 and all(day.startswith("undated-") for day in days)
    assert day_of(Recording("R", "", date="2021-02-03", time="")) == "20210203"


def test_a_job_waits_for_what_can_be_read_and_is_told_of_all(days, tmp_path):
    (tmp_path / "A_20210101_200000.wav").touch()
    (tmp_path / "B_20210101_210000.wav").symlink_to(tmp_path / "gone.wav")
    (tmp_path / "C{x}_20210101_220000.wav").touch()
    found = days({"recordings": {"source": str(tmp_path)}})

    def nothing(path):
        return False

    assert found.inputs("20210101", nothing) == [f"{tmp_path}/A_20210101_200000.wav"]
    files = found.files("20210101", ["copy.wav"], nothing)
    assert files[0] == "copy.wav" and files[1] == f"{tmp_path}/B_20210101_210000.wav"
    rows = found.rows("20210101")
    assert [bool(row["fault"]) for row in rows] == [False, False, True]
    assert {row["channel"] for row in rows} == {"mix"} and found.dated()


def test_a_correction_of_the_truth_changes_its_digest(days, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text((ROOT / "resources/demo/season/truth.csv").read_text())
    asked = {"recordings": SEASON, "truth": str(truth)}
    before = days(asked).truth_digest()
    lines = truth.read_text().splitlines()
    truth.write_text("\n".join(lines[:-1]) + "\n")
    assert days(asked).truth_digest() != before


def test_recordings_that_are_not_there_are_told_when_they_are_asked_for(days):
    found = days({"recordings": {"source": "nowhere"}})
    with pytest.raises(UserError, match=r"^detection\.recordings\.source: nowhere does not exist"):
        found.of_all("{day}")
