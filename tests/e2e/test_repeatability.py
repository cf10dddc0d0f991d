"""The same recordings, annotations, config and seed give the same bytes."""

import random

import pytest
from conftest import CALLS, CONFIG, names, read, snakemake, write_config
from products import digests

# What these targets do not make.
OTHERS = ("figures/", "report/", "provenance.json")


@pytest.mark.slow
@pytest.mark.fault(
    "Repeatability",
    "one core or two, another folder, files in another order, shuffled rows of tables",
    kept="every table and shard, byte for byte; heads and networks have the same weights",
)
@pytest.mark.usefixtures("otherwise_hashed")
def test_the_same_bytes_on_one_core_elsewhere_in_another_order(built, fresh):
    """What stands in folders comes from tables here, whose rows are shuffled."""
    rng = random.Random(1)
    sources = {"recordings": "recordings.csv", "annotations": "calls.csv"}
    write_config(fresh, CONFIG | {key: {"source": table} for key, table in sources.items()})
    recordings = [f"{name},recordings/{name}.wav\n" for name in names()]
    calls = [
        f"{name},{start},{end},{species}_C\n"
        for name, calls in zip(names(), CALLS, strict=True)
        for species, intervals in calls.items()
        for start, end in intervals
    ]
    head, *folds = (fresh / "folds.csv").read_text().splitlines(keepends=True)
    for name, header, rows in (
        ("recordings.csv", "recording,path\n", recordings),
        ("calls.csv", "recording,start,end,label\n", calls),
        ("folds.csv", head, folds),
    ):
        shuffled = rng.sample(rows, len(rows))
        assert shuffled != sorted(rows)
        (fresh / name).write_text(header + "".join(shuffled))
    elsewhere = fresh.rename(fresh.parent / "another folder")

    snakemake(elsewhere, "--cores", "1", "results/summary.csv", "tables")
    found = digests(elsewhere)
    expected = {
        name: digest for name, digest in digests(built).items() if not name.startswith(OTHERS)
    }
    # It names the file of each annotation.
    differ = "annotations.csv"
    assert found.pop(differ) != expected.pop(differ)
    assert [row | {"file": ""} for row in read(elsewhere / "results" / differ)] == [
        row | {"file": ""} for row in read(built / "results" / differ)
    ]
    assert found == expected
    kinds = {"/".join((name.split("/")[0], name.rsplit(".")[-1])) for name in found}
    shards = {"spectrograms/h5", "embeddings/h5", "training/h5"}
    tables = {"labels/tsv", "clips/tsv", "splits/tsv", "training/tsv", "tables/csv", "checks/csv"}
    assert kinds > shards | tables | {"training/keras", "backbones/keras"}
