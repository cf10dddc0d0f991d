"""What a config takes, told before anything is computed."""

import numpy as np
import soundfile as sf

from anurans.common.tables import write_table
from anurans.plan.cost_report import SHOWN, read_durations, tell_clips, tell_runs


def test_lengths_come_from_tables_then_headers_then_an_assumption(tmp_path):
    table = tmp_path / "known.tsv"
    rows = [
        {"recording": "a", "status": "ok", "duration_s": 12.5},
        {"recording": "b", "status": "quarantined", "duration_s": ""},
    ]
    write_table(table, ["recording", "status", "duration_s"], rows)
    sf.write(tmp_path / "c.wav", np.zeros(4000), 2000)
    (tmp_path / "d.wav").write_bytes(b"")
    asked = [{"recording": name, "path": str(tmp_path / f"{name}.wav")} for name in "abcd"]
    tables = [str(table), str(tmp_path / "not-made-yet.tsv")]
    assert read_durations(asked, tables) == (
        [12.5, 2.0, 60.0],
        ", 1 of which cannot be read yet and count as 60 s",
    )
    assert read_durations(asked[:3], tables) == ([12.5, 2.0], "")
    assert read_durations(asked[3:], [])[1] == ", none of which can be read yet and count as 60 s"


def test_long_lists_of_runs_are_cut():
    one = {"split": "s", "backbone": "n", "dataset": "d", "recipe": "r", "experiments": "e"}
    models = [one | {"folds": "1 2", "recipe": f"r{n}"} for n in range(SHOWN + 2)]
    lines = list(tell_runs([one | {"fold": "1"}, one | {"fold": "2"}], models, "runs.csv"))
    assert lines[0] == "2 runs in 1 experiment"
    assert lines[-2:] == ["... and 2 lines more.", "All of them: runs.csv"]


def test_clips_that_depend_on_annotations_are_told_as_at_most():
    told = tell_clips({"original": 4, "time_mask": 8}, 2, "", True)
    assert told == "Clips, at most: 4 original, 8 time_mask; of 2 recordings."
