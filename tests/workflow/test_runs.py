"""What `snakemake runs` says before anything starts, and that it comes true."""

import re

import h5py
import yaml
from conftest import CONFIG, planned, read, snakemake, write_config


def said(world, *arguments):
    return snakemake(world, *(arguments or ("runs",))).stdout


def test_before_anything_was_computed(fresh):
    text = said(fresh)
    assert text.startswith("\n9 runs in 3 experiments\n")
    assert re.search(r"^datasets +4 +1 +1 +2 +1 +2$", text, re.M)
    assert "; of 6 recordings." in text
    assert f": {sum(planned(fresh).values())} jobs: " in text
    assert "9 trainings, 9 evaluations" in text
    assert re.search(r"^About .* on 2 cores, roughly, by rates measured on another", text, re.M)
    assert [path.name for path in fresh.glob("results/**/*") if path.is_file()] == ["runs.csv"]
    rows = read(fresh / "results/checks/runs.csv")
    keys = ("split", "dataset", "recipe", "folds")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("clip", "original", "linear", "all"),
        ("given", "combined", "linear", "1 2"),
        ("given", "combined", "logistic", "1 2"),
        ("given", "original", "linear", "1 2"),
        ("given", "original", "logistic", "1 2"),
    ]


def test_files_are_as_large_as_was_said(world):
    text = said(world)
    for kind in ("spectrograms", "embeddings"):
        found = 0
        for path in world.glob(f"results/{kind}/**/*.h5"):
            with h5py.File(path) as file:
                found += file["data"].nbytes
        sums = re.findall(rf"^{kind}, \w+ .*?((?:\d+ x )+\d+)$", text, re.M)
        factors = [[int(n) for n in each.split(" x ")] for each in sums]
        assert found == sum(a * b * c for a, b, c in factors), kind


def test_after_a_run_its_times_count(world):
    before = planned(world)
    text = said(world)
    assert re.search(r"on 2 cores, by earlier runs\. What of it", text)
    # Everything is counted, though nothing is left to do.
    assert re.search(r": \d+ jobs: 2 inspections of recordings, .* 9 trainings", text)
    assert planned(world) == before == {}


def test_another_config_with_recordings_that_cannot_be_read(fresh):
    (fresh / "recordings/TINY_20210115_200000.wav").write_bytes(b"")
    config = yaml.safe_load(yaml.safe_dump(CONFIG))
    config["backbones"]["wide"] = config["backbones"]["small"] | {"alpha": 1.0}
    (fresh / "my.yaml").write_text(yaml.safe_dump(config))
    text = said(fresh, "--configfile", "my.yaml", "--", "runs")
    assert text.startswith("\n18 runs in 3 experiments\n")
    assert "of 6 recordings, 1 of which cannot be read yet and count as 60 s." in text
    assert re.search(r"^embeddings, wide .* x 7168 x 2$", text, re.M)


def test_runs_are_listed_even_where_a_split_is_refused(fresh):
    (fresh / "recordings/TINY_20210115_200000.wav").unlink()
    text = said(fresh)
    assert "; of 5 recordings." in text
    assert "jobs that takes cannot be told yet: splits.given cannot be used" in text


def test_long_lists_are_cut_on_the_screen_only(fresh):
    recipes = {f"l2_{i}": {"solver": "adam", "l2": i / 1000} for i in range(40)}
    every = {"datasets": {"splits": ["given"]}, "optimism": {"datasets": ["original"]}}
    write_config(fresh, CONFIG | {"recipes": recipes, "experiments": every})
    text = said(fresh)
    assert "... and 90 lines more." in text
    assert len(read(fresh / "results/checks/runs.csv")) == 120
