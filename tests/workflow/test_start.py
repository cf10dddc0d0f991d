"""snakemake start: from folders to a config that can be run."""

from conftest import names, planned, read, refused, snakemake

START = ("start", "--config", "start={recordings: recordings, annotations: annotations}")


def test_what_it_writes_can_be_run(fresh):
    said = snakemake(fresh, *START).stdout
    assert "6 recordings in recordings (6 .wav)." in said
    assert "2 labels: LOW 9, HIGH 9." in said
    assert "snakemake --cores all --configfile my.yaml -- results/summary.csv" in said
    rows = read(fresh / "my-recordings.csv")
    assert [row["recording"] for row in rows] == names()
    assert (rows[0]["date"], rows[0]["time"]) == ("2021-01-15", "20:00:00")
    jobs = planned(fresh, "results/summary.csv", options=("--configfile", "my.yaml"))
    assert jobs["train_model"] == 3
    before = (fresh / "my.yaml").read_bytes()
    assert "my.yaml, my-recordings.csv is there already" in refused(fresh, *START)
    assert (fresh / "my.yaml").read_bytes() == before


def test_it_says_how_to_call_it(fresh):
    assert "start: name the folder of the recordings" in refused(fresh, "start")
