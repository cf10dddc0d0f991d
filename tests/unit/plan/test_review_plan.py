"""Which queues a config draws, and which of them are there already."""

import pytest
import yaml
from conftest import CONFIG, make_recording, names

from anurans.common.errors import UserError
from anurans.common.tables import write_table
from anurans.plan.plan import Plan
from anurans.plan.review_plan import QUEUES
from anurans.review.verdicts import VERDICT


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Give a function that plans a config in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for folder in ("recordings", "annotations", "new"):
        (tmp_path / folder).mkdir()
    for name in names():
        (tmp_path / f"recordings/{name}.wav").touch()
        (tmp_path / f"annotations/{name}.txt").touch()
    make_recording(tmp_path / "new/N_20210210_203000.wav", {}, 1)
    (tmp_path / "folds.csv").write_text(
        "recording,fold\n" + "".join(f"{name},{n % 2 + 1}\n" for n, name in enumerate(names()))
    )

    def make(**given):
        text = yaml.safe_dump(CONFIG | given)
        return Plan(yaml.safe_load(text)).review

    return make


def test_without_new_recordings_models_doubt_annotations_alone(plan):
    review = plan()
    assert review.queues() == ["doubt-1"]
    assert review.all(str) == ["results/review/doubt-1.html"]
    runs = review.of_runs("metrics.tsv")
    assert runs and all("/clip/" not in path for path in runs)


def test_a_later_round_keeps_what_was_drawn(plan, tmp_path):
    review = plan(detection={"recordings": {"source": "new"}}, review={"round": 2})
    assert review.queues() == [
        f"{kind}-{n}" for n in (1, 2) for kind in ("check", "count", "doubt")
    ]
    assert review.undrawn("count", str) == "1|2"
    drawn = tmp_path / "results/review/queues/count-1.csv"
    drawn.parent.mkdir(parents=True)
    drawn.touch()
    assert review.undrawn("count", str) == "2"
    assert review.undrawn("check", str) == "1|2"
    (drawn.parent / "count-2.csv").touch()
    assert review.undrawn("count", str) == "(?!)"
    assert review.drawn_files(str, QUEUES, "count") == [
        QUEUES.format(queue=f"count-{n}") for n in (1, 2)
    ]
    assert review.drawn_files(str, QUEUES, "check") == []


def test_verdicts_make_the_tables_that_follow_from_them(plan, tmp_path):
    (tmp_path / "a.csv").write_text("1")
    given = {"detection": {"recordings": {"source": "new"}}, "review": {"verdicts": ["a.csv"]}}
    review = plan(**given)
    assert review.listened() == ["results/review/counts.csv"]
    assert "results/review/yield.csv" in review.answered()
    before = review.verdicts_digest()
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    given["review"] = {"verdicts": ["b.csv"]}
    assert plan(**given).verdicts_digest() == before
    (tmp_path / "b.csv").write_text("2")
    assert plan(**given).verdicts_digest() != before


def test_verdicts_that_are_not_there(plan):
    review = plan(review={"verdicts": ["verdicts-count-1-ana.csv"]})
    with pytest.raises(UserError, match=r"review.verdicts: not there:\s+verdicts-count-1-ana.csv"):
        review.verdicts()


def answer(path, *queues):
    """A file with an answer to each queue."""
    rows = [dict.fromkeys(VERDICT, "") | {"queue": q, "kind": q.split("-")[0]} for q in queues]
    write_table(path, VERDICT, rows)


def test_a_file_of_verdicts_is_named_once(plan, tmp_path):
    answer(tmp_path / "a.csv")
    review = plan(review={"verdicts": ["a.csv", "./a.csv"]})
    with pytest.raises(UserError, match=r"\./a\.csv is named twice .the first time as a\.csv"):
        review.verdicts()


@pytest.mark.fault(
    "Review",
    "a queue was deleted whose questions somebody has answered",
    sees="a.csv: has answers to queue count-1, and results/review/queues/count-1.csv is not there",
    kept="no other queue is drawn under its name",
)
def test_a_queue_that_was_answered_is_not_drawn_anew(plan, tmp_path, sees):
    answer(tmp_path / "a.csv", "doubt-1", "search-4f02a1", "count-1")
    review = plan(detection={"recordings": {"source": "new"}}, review={"verdicts": ["a.csv"]})
    queues = tmp_path / "results/review/queues"
    queues.mkdir(parents=True)
    (queues / "doubt-1.csv").touch()
    with pytest.raises(UserError) as error:
        review.all(str)
    assert sees in str(error.value)
    (queues / "count-1.csv").touch()
    assert "results/review/counts.csv" in review.all(str)
    (queues / "count-2.csv").touch()
    answer(tmp_path / "a.csv", "count-2")
    with pytest.raises(UserError, match=r"found review\.round: 1, expected 2 or more"):
        review.all(str)


@pytest.mark.fault(
    "Review",
    "the frame of a count queue was not kept with it",
    sees="results/review/frames/count-1.csv",
    kept="counts are refused, instead of staying as they were",
)
def test_a_frame_that_is_not_there_is_named(plan, tmp_path, sees):
    review = plan(detection={"recordings": {"source": "new"}})
    queues = tmp_path / "results/review/queues"
    queues.mkdir(parents=True)
    (queues / "count-1.csv").touch()
    with pytest.raises(UserError) as error:
        review.drawn_files(str, "results/review/frames/{queue}.csv", "count")
    assert sees in str(error.value) and "Restore it" in str(error.value)
    assert review.drawn_files(str, "results/review/queues/{queue}.csv", "count")


def test_channels_are_those_that_differ_from_the_configs(plan, tmp_path):
    (tmp_path / "new.csv").write_text(
        "recording,path,channel\nA,new/N_20210210_203000.wav,left\nB,new/N_20210210_203000.wav,\n"
    )
    review = plan(detection={"recordings": {"source": "new.csv"}})
    assert review.channels("count-1") == {"A": "left"}
    assert review.channels("doubt-1") == {}
    assert review.recordings_tables("doubt-1") == ["results/recordings.csv"]
    assert review.recordings_tables("check-1") == ["results/detections/recordings.csv"]


def test_what_to_annotate_next_is_asked_for_by_itself(plan, tmp_path):
    given = {"detection": {"recordings": {"source": "new"}}, "review": {"round": 2}}
    review = plan(**given)
    assert review.suggested() == [
        "results/review/suggestions.csv",
        "results/review/teach-2.html",
    ]
    assert not any("teach" in path for path in review.all(str))
    assert review.taught(str) == []
    queues = tmp_path / "results/review/queues"
    queues.mkdir(parents=True)
    (queues / "teach-1.csv").touch()
    (queues / "teach-2.csv").touch()
    # What was asked before is not asked again; nothing is counted by it.
    assert review.taught(str) == ["results/review/queues/teach-1.csv"]
    assert review.undrawn("teach", str) == "(?!)"
    assert review.drawn_files(str, QUEUES) == []
    with pytest.raises(UserError, match="does not say what to detect calls in"):
        plan().suggested()
