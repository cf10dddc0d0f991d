"""New recordings, heard by a trained model: what comes out, and what one more of them costs."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from conftest import (
    CALLS,
    add_new,
    make_recording,
    names,
    planned,
    read,
    read_config,
    refused,
    snakemake,
    write_config,
)
from edits import edits, move_first_call, place_sites, setting
from headers import write_comment

from anurans.annotations.sources import annotations_of
from anurans.common.tables import write_table
from anurans.review.verdicts import VERDICT
from anurans.sounds.shards import open_shard

# Name, the calls in it (of CALLS) and its seed: two nights, and one recording without a date.
NEW = {
    "TINY_20210210_203000": (3, 50),
    "TINY_20210210_213000": (4, 51),
    "TINY_20210211_223000": (5, 52),
    "undated": (2, 53),
}
LATE = "TINY_20210211_223000"
MODEL = "given/small/original/linear"
DETECTION = {
    "recordings": {"source": "new"},
    "model": MODEL,
    "overlap": 0.5,
    "truth": "truth",
}
# Of three dates, and two of those without one.
DAYS = 5


@pytest.fixture(scope="module")
def listening(built, copied):
    """The finished world with new recordings, listened to; not to be changed."""
    world = copied(built)
    add_new(world, NEW)
    # Headers of recorders: one as the name has it, by a clock in UTC, one of another day, and one
    # where the name tells no time.
    write_comment(world / "new/TINY_20210210_213000.wav", "18:30:00 10/02/2021 (UTC-3)")
    write_comment(world / f"new/{LATE}.wav", "22:30:00 12/02/2021 (UTC)")
    write_comment(world / "new/undated.wav", "23:30:00 12/02/2021 (UTC)")
    (world / "truth").mkdir()
    for name, (calls, _) in NEW.items():
        lines = [
            f"{start}\t{end}\t{species}\n"
            for species, intervals in CALLS[calls].items()
            for start, end in intervals
        ]
        (world / f"truth/{name}.txt").write_text("".join(lines))
    # One that the model knows: its scores are known too.
    shutil.copy(world / f"recordings/{names()[5]}.wav", world / "new")
    (world / "new/broken.wav").write_text("no sound")
    config = read_config(world)
    write_config(world, config | {"detection": DETECTION})
    # Nothing of what is trained knows of it.
    assert planned(world) == {}
    snakemake(world, "monitoring")
    assert planned(world, "monitoring") == {}
    return world


@pytest.fixture
def heard(listening, tmp_path):
    """A copy of that."""
    return Path(shutil.copytree(listening, tmp_path / "world"))


def scores(world, day, recording):
    """Starts, and scores [shape=(n, species, folds)], of the clips of a new recording."""
    with open_shard(world / f"results/detections/scores/{day}.h5") as shard:
        of = shard.clips.recording == recording
        return shard.clips.source_start[of], shard.data[:][of]


def test_a_clip_has_the_scores_that_it_had_in_training(listening):
    name = names()[5]
    starts, found = scores(listening, "20210116", name)
    assert starts.tolist() == [0, 2.5, 5, 7.5, 10, 12.5, 15]
    for fold in (1, 2):
        path = listening / f"results/training/{MODEL}/fold-{fold}/scores.h5"
        with open_shard(path) as shard:
            known = shard.data[:][shard.clips.recording == name]
        assert found[::2, :, fold - 1] == pytest.approx(known, abs=1e-5)


def test_probabilities_are_those_that_the_model_was_calibrated_to(listening):
    split, backbone, dataset, recipe = MODEL.split("/")
    named = {"split": split, "backbone": backbone, "dataset": dataset, "recipe": recipe}
    known = [
        (row["species"], row["score"], row["probability"])
        for row in read(listening / "results/calibrators.tsv", "\t")
        if named.items() <= row.items()
    ]
    rows = read(listening / "results/detections/calibrators.tsv", "\t")
    assert known and [(r["species"], r["score"], r["probability"]) for r in rows] == known
    for row in read(listening / "results/detections/separation.tsv", "\t"):
        assert float(row["present"]) > float(row["absent"])


def test_events_are_where_the_tones_are(listening):
    for row in read(listening / "results/detections/judged.csv"):
        assert row["recordings"] == str(len(NEW))
        assert float(row["touched_recall"]) >= 0.7, row
        assert float(row["touching_precision"]) >= 0.6, row
        assert float(row["segment_f1"]) > 0.5 and 0 <= float(row["psds"]) <= 1, row
    events = read(listening / "results/detections/events.csv")
    assert {row["species"] for row in events} == {"LOW", "HIGH"}
    for row in events:
        assert 0 <= float(row["start"]) < float(row["end"]) <= 20
        assert 0 <= float(row["probability"]) <= 1
        assert float(row["resolution"]) == 1.25
    dated = next(row for row in events if row["recording"] == "TINY_20210210_203000")
    assert dated["date"] == "2021-02-10" and dated["time"].startswith("20:30:")
    assert {row["date"] for row in events if row["recording"] == "undated"} <= {""}


def test_labels_of_both_kinds_are_read_back_as_the_events(listening):
    events = read(listening / "results/detections/events.csv")
    for kind in ("audacity", "raven"):
        found = annotations_of(
            listening / f"results/detections/{kind}", list(NEW), {"species": ["LOW", "HIGH"]}
        )
        assert set(found) == set(NEW)
        for name, calls in found.items():
            rows = [row for row in events if row["recording"] == name]
            assert sorted((f"{c.start:.6f}", f"{c.end:.6f}", c.species) for c in calls) == sorted(
                (row["start"], row["end"], row["species"]) for row in rows
            )


@pytest.mark.fault(
    "Detection",
    "a new recording that cannot be read",
    sees="cannot be decoded: Format not recognised",
    kept="all others; this one is left out, and listed in results/detections/recordings.csv",
)
def test_a_broken_recording_is_left_out(listening, sees):
    rows = {row["recording"]: row for row in read(listening / "results/detections/recordings.csv")}
    assert set(rows) == {*NEW, names()[5], "broken"}
    assert rows["broken"]["status"] == "quarantined" and sees in rows["broken"]["reason"]
    assert {row["status"] for name, row in rows.items() if name != "broken"} == {"ok"}


@pytest.mark.fault(
    "Detection",
    "new recordings whose header says another time than their name (a recorder set to another "
    "clock)",
    sees="In 1 recording the header of the file says another time than the name or table",
    kept="everything, by the name or table; `header_time` in results/detections/recordings.csv",
)
def test_a_header_of_another_time_is_told(listening, sees):
    rows = read(listening / "results/detections/recordings.csv")
    times = {row["recording"]: row["header_time"] for row in rows if row["header_time"]}
    at = {LATE: "2021-02-12 22:30:00+00:00", "undated": "2021-02-12 23:30:00+00:00"}
    assert times == at
    assert {row["date"] for row in rows if row["recording"] == LATE} == {"2021-02-11"}
    alone = "says a time, and the name or table tells none that can be used, such as undated"
    for said in (f"{sees}, such as {LATE}", alone):
        assert said in (listening / "results/monitoring/monitoring.html").read_text()
        assert said in (listening / "logs/collect_detections.log").read_text()


def test_what_was_heard_is_tabulated_and_drawn(listening):
    place = listening / "results/monitoring"
    rows = read(place / "dates.csv")
    assert {row["night"] for row in rows} == {"", "2021-01-16", "2021-02-10", "2021-02-11"}
    doubtful = {row["night"] for row in read(place / "drift_nights.csv") if row["trust"] == "no"}
    for row in rows:
        assert 0 <= float(row["expected"]) <= int(row["clips"]) == int(row["clips_counted"])
        # No band where drift says that none would hold.
        assert (row["lower"] == row["upper"] == "") == (row["night"] in doubtful)
        if row["lower"]:
            assert float(row["lower"]) <= float(row["expected"]) <= float(row["upper"])
    assert sum(int(row["clips"]) for row in rows) == 2 * 4 * 5
    assert sum(int(row["clips"]) for row in read(place / "hours.csv")) == 2 * 4 * 5
    totals = {row["species"]: row for row in read(place / "species.csv")}
    assert {row["clips"] for row in totals.values()} == {"20"}
    counted = {row["clips_counted"] for row in totals.values()}
    trusted = sum(int(row["clips"]) for row in rows if row["night"] not in doubtful) // 2
    assert counted == {str(trusted or 20)}
    for row in read(place / "precision.csv"):
        assert row["clips"] == str(trusted) and 0 <= float(row["precision"]) <= 1
        assert float(row["prevalence"]) == float(totals[row["species"]]["expected_share"])
    for name in ("calendar", "season", "night", "drift"):
        assert (place / f"{name}.png").stat().st_size > 5000
    drift = {row["recording"]: row for row in read(place / "drift.csv")}
    assert drift[names()[5]]["days"] == "0"
    assert set(drift) == {*NEW, names()[5]}


def test_the_votes_of_folds_are_counted_with_the_clips(listening):
    place = listening / "results/detections"
    for path in (place / "votes").glob("*.tsv"):
        votes, counted = read(path, "\t"), read(place / f"activity/{path.name}", "\t")
        assert {row["folds"] for row in votes} <= {"2"}
        for species in {row["species"] for row in counted}:
            mine = [row for row in votes if row["species"] == species]
            of = [row for row in counted if row["species"] == species]
            positive = sum(int(row["clips"]) for row in mine if int(row["votes"]) >= 1)
            assert sum(int(row["clips"]) for row in mine) == sum(int(row["clips"]) for row in of)
            assert positive == sum(int(row["positive"]) for row in of)
    assert len([*(place / "votes").glob("*.tsv")]) == DAYS


@pytest.mark.slow
def test_one_more_recording_costs_its_day(heard):
    before = {
        path: path.read_bytes() for path in (heard / "results/detections/scores").glob("*.h5")
    }
    make_recording(heard / "new/TINY_20210211_233000.wav", CALLS[0], 60)
    jobs = planned(heard, "detect")
    assert jobs == {
        "detect_calls": 1,
        "find_events": 1,
        "collect_detections": 1,
        "judge_events": 1,
        "detect": 1,
    }
    snakemake(heard, "detect")
    changed = {path.name for path, content in before.items() if path.read_bytes() != content}
    assert changed == {"20210211.h5"}
    assert (heard / "results/detections/audacity/20210211/TINY_20210211_233000.txt").exists()
    (heard / "new/TINY_20210211_233000.wav").unlink()
    assert planned(heard, "detect") == jobs
    snakemake(heard, "detect")
    assert all(path.read_bytes() == content for path, content in before.items())
    assert not (heard / "results/detections/audacity/20210211/TINY_20210211_233000.txt").exists()


def answer(world, queue, who, of):
    """Answer every question of a queue by the labels of recordings, as its page would hand out."""
    rows = read(world / f"results/review/queues/{queue}.csv")
    for row in rows:
        calls = of[row["recording"]].get(row["species"], [])
        start, end = float(row["start"]), float(row["end"])
        is_there = any(min(end, b) - max(start, a) >= 0.25 for a, b in calls)
        row |= {"answer": "present" if is_there else "absent", "who": who}
        row |= {"answered_at": "2021-03-01T20:15:00Z", "rule": "0.25 s"}
    path = world / f"verdicts-{queue}-{who}.csv"
    write_table(path, VERDICT, rows)
    return path.name


def test_what_people_hear_is_counted_and_a_queue_is_drawn_once(heard):
    snakemake(heard, "review")
    rows = read(heard / "results/review/queues/count-1.csv")
    # Clips that do not overlap, of all usable recordings; fewer than were wanted.
    assert len(rows) == 2 * 4 * 5 == 2 * len({(row["recording"], row["start"]) for row in rows})
    assert {row["probability"] for row in rows} == {"1"}
    page = (heard / "results/review/count-1.html").read_text()
    assert page.count('"sound":') == len(rows) // 2
    queue = (heard / "results/review/queues/count-1.csv").read_bytes()
    new = {name: CALLS[calls] for name, (calls, _) in NEW.items()}
    new[names()[5]] = CALLS[5]
    annotated = dict(zip(names(), CALLS, strict=True))
    files = [answer(heard, queue, "ana", new) for queue in ("check-1", "count-1")]
    files.append(answer(heard, "doubt-1", "ana", annotated))
    config = read_config(heard)
    write_config(heard, config | {"review": {"verdicts": files}})
    assert not {"draw_count", "render_review", "detect_calls"}.intersection(
        planned(heard, "review")
    )
    snakemake(heard, "review", "monitoring")
    counts = {
        row["species"]: row
        for row in read(heard / "results/review/counts.csv")
        if row["by"] == "season"
    }
    with_calls = {
        species: len(
            {
                (r["recording"], r["start"])
                for r in read(heard / files[1])
                if r["species"] == species and r["answer"] == "present"
            }
        )
        for species in ("LOW", "HIGH")
    }
    for species, row in counts.items():
        # Everything was listened to: the count is exact, and so is its interval.
        assert float(row["count"]) == with_calls[species] and row["clips"] == "20"
        assert float(row["lower"]) == float(row["upper"]) == with_calls[species]
    page = (heard / "results/monitoring/monitoring.html").read_text()
    assert "Clips with calls, counted by listening" in page
    assert read(heard / "results/review/agreement.csv") == []
    # Thresholds by what was heard, or tuned ones where it does not tell; nothing is heard again.
    known = {row["species"]: row for row in read(heard / "results/review/thresholds.csv")}
    config["detection"] |= {"thresholds": "checked"}
    write_config(heard, config | {"review": {"verdicts": files}})
    plan = planned(heard, "monitoring")
    assert plan["tune_detector"] == plan["collect_detections"] == 1
    assert not {"draw_check", "detect_calls", "draw_doubt"}.intersection(plan)
    snakemake(heard, "results/detections/thresholds.tsv")
    for row in read(heard / "results/detections/thresholds.tsv", "\t"):
        checked = known[row["species"]]["threshold"]
        assert row["source"] == ("checked, check-1" if checked else "tuned")
        assert not checked or float(row["threshold"]) == float(checked)
    # Another model hears; the queue stays, since the counts of a season stand on how it was drawn.
    config["detection"] |= {"thresholds": {"precision": 0.6}, "gap": 3.0}
    write_config(heard, config | {"review": {"verdicts": files, "round": 2}})
    plan = planned(heard, "review")
    assert plan["draw_count"] == plan["draw_check"] == plan["draw_doubt"] == 1
    assert plan["render_review"] == 3
    assert (heard / "results/review/queues/count-1.csv").read_bytes() == queue


def test_thresholds_and_gap_listen_to_nothing_again(heard):
    config = read_config(heard)
    config["detection"] |= {"gap": 3.0, "thresholds": {"precision": 0.6}}
    write_config(heard, config)
    jobs = planned(heard, "detect")
    assert jobs["tune_detector"] == 1 and jobs["find_events"] == DAYS
    assert not {"detect_calls", "assemble_detector"}.intersection(jobs)


def test_another_evaluation_of_a_named_model_listens_to_nothing_again(heard):
    edits(setting("evaluation", "resamples", 200), move_first_call(names()[4]), place_sites)(heard)
    jobs = planned(heard, "detect")
    assert jobs["evaluate_model"] == 2 and jobs["tune_detector"] == 1
    assert not {"train_model", "detect_calls", "assemble_detector"}.intersection(jobs)
    # The best of several may be another one.
    setting("detection", "model", "best")(heard)
    assert planned(heard, "detect")["detect_calls"] == DAYS


@pytest.mark.slow
def test_other_images_are_trained_again_or_refused(heard):
    config = read_config(heard)
    config["spectrogram"] = {"top_db": 60}
    write_config(heard, config)
    jobs = planned(heard, "detect")
    assert jobs["train_model"] == 2 and jobs["detect_calls"] == DAYS
    # Whoever takes the models as they are gets no scores of other images.
    snakemake(heard, "--touch", "--", "results/detections/model.h5")
    text = refused(heard, "results/detections/scores/20210211.h5")
    assert "was trained with other settings" in text
    assert "top_db 80.0 in the model" in text or "top_db 80.0" in text


def test_a_model_that_holds_nothing_out_has_thresholds_and_no_probabilities(heard):
    config = read_config(heard)
    # It leaks too: it may be named, though it is never the best.
    config["detection"] |= {"model": "clip/small/original/linear", "overlap": 0}
    write_config(heard, config)
    snakemake(heard, "results/detections/activity/20210210.tsv")
    rows = read(heard / "results/detections/events/20210210.tsv", "\t")
    assert rows and {row["probability"] for row in rows} == {""}
    assert {float(row["start"]) % 5 for row in rows} == {0}
    activity = read(heard / "results/detections/activity/20210210.tsv", "\t")
    assert {row["probability"] for row in activity} == {""}


def test_without_detection_the_target_says_what_is_missing(unbuilt, tmp_path):
    world = Path(shutil.copytree(unbuilt, tmp_path / "world"))
    assert "does not say what to detect calls in" in refused(world, "-n", "--", "detect")


def test_an_hour_takes_no_more_memory_than_a_minute(listening, tmp_path):
    """Of one job: the peak that its log tells."""
    world = Path(shutil.copytree(listening, tmp_path / "world"))
    sound, sr = sf.read(world / "new/TINY_20210210_203000.wav", dtype="int16")
    sf.write(world / "new/TINY_20210301_000000.wav", np.tile(sound, 3), sr)
    sf.write(world / "new/TINY_20210302_000000.wav", np.tile(sound, 60), sr)
    days = ("20210301", "20210302")
    snakemake(world, *(f"results/detections/scores/{day}.h5" for day in days))
    peaks = [
        float((world / f"logs/detect_calls/{day}.log").read_text().split(" MB at")[0].split()[-1])
        for day in days
    ]
    assert peaks[1] - peaks[0] < 40


def test_a_batch_may_hold_no_clip_that_training_would_cut(heard):
    """With nine tenths of overlap, of 41.5 s the 73rd place and those after it."""
    sound, sr = sf.read(heard / "new/TINY_20210210_203000.wav", dtype="int16")
    long = np.tile(sound, 3)[: int(41.5 * sr)]
    sf.write(heard / "new/TINY_20210301_000000.wav", long, sr)
    config = read_config(heard)
    config["detection"]["overlap"] = 0.9
    write_config(heard, config)
    snakemake(heard, "results/detections/events/20210301.tsv")
    starts, _ = scores(heard, "20210301", "TINY_20210301_000000")
    assert len(starts) == 74 and starts[-1] == 36.5
    rows = read(heard / "results/detections/events/20210301.tsv", "\t")
    assert rows and all(float(row["start"]) < float(row["end"]) <= 41.5 for row in rows)


def test_a_season_without_usable_dates_has_pages_all_the_same(heard):
    for path in (heard / "new").glob("*.wav"):
        if path.stem not in ("undated", "broken"):
            path.unlink()
    (heard / "new/broken.wav").rename(heard / "new/TINY_20210210_203000.wav")
    snakemake(heard, "monitoring")
    (night,) = {row["night"] for row in read(heard / "results/monitoring/dates.csv")}
    assert night == ""
    for name in ("calendar", "season", "night"):
        text = (heard / f"results/monitoring/{name}.svg").read_text()
        assert "No recording that can be used has a date" in text


@pytest.mark.slow
def test_tensorflow_hears_the_same(listening, tmp_path):
    world = Path(shutil.copytree(listening, tmp_path / "world"))
    config = read_config(world)
    write_config(world, config | {"embedding": {"engine": "tensorflow"}})
    snakemake(world, "detect")
    about = json.loads((world / "results/backbones/small/about.json").read_text())
    assert about["engine"] == "tensorflow"
    before = sorted((listening / "results/detections/scores").glob("*.h5"))
    assert len(before) == DAYS
    for path in before:
        with (
            open_shard(path) as openvino,
            open_shard(world / path.relative_to(listening)) as tensorflow,
        ):
            assert openvino.clips.clip.tolist() == tensorflow.clips.clip.tolist()
            assert tensorflow.data[:] == pytest.approx(openvino.data[:], abs=1e-2)


@pytest.mark.slow
def test_what_to_annotate_next_and_what_sounds_like_a_call(heard):
    config = read_config(heard)
    write_config(heard, config | {"review": {"questions": {"teach": 5}}})
    snakemake(heard, "suggest")
    assert planned(heard, "suggest") == {}
    rows = read(heard / "results/review/suggestions.csv")
    # What is annotated already is not suggested: the recording that the model knows.
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert {row["recording"] for row in rows} <= set(NEW)
    queue = read(heard / "results/review/queues/teach-1.csv")
    assert len(queue) == 10 and {row["species"] for row in queue} == {"LOW", "HIGH"}
    asked = {(row["recording"], row["start"]) for row in queue}
    assert asked == {(row["recording"], row["start"]) for row in rows}
    assert '"sound":' in (heard / "results/review/teach-1.html").read_text()
    write_config(heard, config | {"review": {"questions": {"teach": 5}, "round": 2}})
    snakemake(heard, "suggest")
    queue = read(heard / "results/review/queues/teach-2.csv")
    assert len(queue) == 10
    assert not asked & {(row["recording"], row["start"]) for row in queue}

    new = {name: CALLS[calls] for name, (calls, _) in NEW.items()}
    every = new | dict(zip(names(), CALLS, strict=True))

    def calls(row):
        start, end = float(row["start"]), float(row["end"])
        of = every[row["recording"]].get("LOW", [])
        return any(min(end, b) - max(start, a) >= 0.25 for a, b in of)

    write_config(heard, config | {"search": {"label": "LOW", "questions": 6, "new": True}})
    snakemake(heard, "search")
    rows = read(heard / "results/review/queues/search.csv")
    assert len(rows) == 6 and {row["species"] for row in rows} == {"LOW"}
    near = [float(row["score"]) for row in rows]
    assert near == sorted(near, reverse=True)
    # All annotated calls are the example, so that what is found of the annotated has none.
    assert not any(calls(row) for row in rows if row["recording"] in names())
    # A clip in a file of its own, at another rate: the nearest is that clip.
    sound, sr = sf.read(heard / f"recordings/{names()[0]}.wav")
    sf.write(heard / "example.flac", np.repeat(sound, 2, axis=0), 2 * sr)
    example = {"example": "example.flac", "start": 5, "end": 10, "questions": 4}
    write_config(heard, config | {"search": example | {"species": "LOW"}})
    snakemake(heard, "search")
    rows = read(heard / "results/review/queues/search.csv")
    assert (rows[0]["recording"], float(rows[0]["start"])) == (names()[0], 5)
    assert float(rows[0]["score"]) > 0.9
    # Of a recording that is searched, the example itself is left out.
    example |= {"example": f"recordings/{names()[0]}.wav"}
    write_config(heard, config | {"search": example})
    snakemake(heard, "search")
    rows = read(heard / "results/review/queues/search.csv")
    assert len(rows) == 8 and {row["species"] for row in rows} == {"LOW", "HIGH"}
    assert (names()[0], 5) not in {(row["recording"], float(row["start"])) for row in rows}
