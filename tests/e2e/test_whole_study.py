"""config/paper.yaml, reduced by code to the tiny world, run whole: models, tables, choices."""

import copy
from collections import Counter
from statistics import median, stdev

import pytest
import yaml
from conftest import CONFIG, ROOT, names, planned, read, refused, snakemake, write_config

from anurans.plan.config import load
from anurans.plan.runs import runs, split
from anurans.recordings.names import Recording
from anurans.splits.requirements import lacks
from anurans.splits.splits import assign

PAPER = yaml.safe_load((ROOT / "config/paper.yaml").read_text(encoding="utf-8"))
RATES = ("lr0.001", "lr0.1", "lr1e-05")
NET = {"architecture": "MobileNet", "alpha": 0.25, "weights": "random"}
BACKBONES = {
    "wide": NET | {"pooling": "flatten", "colour": "inferno", "scaling": "unit"},
    "narrow": NET | {"pooling": "avg", "colour": "grey", "scaling": "unit"},
}


def reduced():
    """The study's config on the tiny world: its experiments, fewer rates, folds and epochs."""
    config = copy.deepcopy(PAPER)
    for key in ("recordings", "annotations", "species", "evaluation", "shards"):
        config[key] = copy.deepcopy(CONFIG[key])
    config["augmentation"]["time_mask"]["copies"] = 2
    config["augmentation"]["frequency_mask"]["copies"] = 3
    config["backbones"] = BACKBONES
    config["recipes"] = {
        name: recipe | {"epochs": 4, "early_stopping": {"patience": 5}}
        for name, recipe in config["recipes"].items()
        if name.endswith(RATES)
    }
    for experiment in config["experiments"].values():
        experiment["recipes"] = [name for name in experiment["recipes"] if name.endswith(RATES)]
    parts = {"by": "recording", "validation": 0.4}
    config["splits"]["folds"] |= parts | {"folds": 2}
    config["splits"]["plain"] |= parts
    recordings = [Recording(name, f"{name}.wav") for name in names()]
    present = {species: frozenset(names()) for species in config["species"]}

    def fits(salt):
        for settings in config["splits"].values():
            settings["salt"] = str(salt)
        of = [split(load(config), name) for name in config["splits"]]
        return not any(lacks(each, assign(each, recordings), present) for each in of)

    assert any(fits(salt) for salt in range(1000))
    return config


@pytest.fixture(scope="module")
def study(unbuilt, copied):
    """The tiny world after the whole study."""
    folder = copied(unbuilt)
    write_config(folder, reduced())
    snakemake(folder, "study")
    return folder


def rows_of(study, stage):
    """Rows of the summary that are part of a stage."""
    rows = read(study / "results/summary.csv")
    return [row for row in rows if stage in row["experiments"].split()]


@pytest.mark.slow
def test_each_stage_has_its_models(study):
    counts = Counter(stage for of in runs(load(reduced())).values() for stage in of)
    assert counts == {"stage1": 2 * 2 * 3, "stage2": 2 * 2 * 3, "stage3": 2 * 2 * 2 * (1 + 2)}
    for stage, count in counts.items():
        keys = ("split", "backbone", "dataset", "recipe", "fold")
        assert len({tuple(row[key] for key in keys) for row in rows_of(study, stage)}) == count


@pytest.mark.slow
def test_every_table_of_the_study_is_made(study):
    for name in ("table1", "table2", "table2_all", "hypotheses"):
        rows = read(study / f"results/tables/{name}.csv")
        text = (study / f"results/tables/{name}.md").read_text(encoding="utf-8")
        assert rows and len(text.splitlines()) == 2 + len(rows)
    assert planned(study, "study") == {}


@pytest.mark.slow
def test_the_best_of_each_backbone_is_chosen_on_validation_and_told_on_test(study):
    table = {row["backbone"]: row for row in read(study / "results/tables/table1.csv")}
    assert set(table) == set(BACKBONES)
    for backbone, row in table.items():
        mine = [each for each in rows_of(study, "stage1") if each["backbone"] == backbone]
        validation = {
            r["recipe"]: float(r["f1_macro"]) for r in mine if r["subset"] == "validation"
        }
        assert len(validation) == int(row["n_recipes"]) == 6
        assert validation[row["recipe"]] == max(validation.values()) == float(row["f1_validation"])
        (test,) = [r for r in mine if (r["recipe"], r["subset"]) == (row["recipe"], "test")]
        assert (row["f1_test"], row["epochs"]) == (test["f1_macro"], test["epochs"])
        assert (row["published_f1"], row["by"], row["leaks"]) == ("0.680000", "recording", "no")
        assert row["chosen_on"] == "validation"
        assert row["recipe"].endswith(f"-lr{row['learning_rate']}")


@pytest.mark.slow
def test_table_2_is_the_median_over_heads_folds_and_species(study):
    for row in read(study / "results/tables/table2.csv"):
        values = [
            float(each[f"f1_{species}"])
            for each in rows_of(study, "stage3")
            if (each["backbone"], each["dataset"]) == (row["backbone"], "combined")
            and (each["split"], each["subset"]) == ("folds", "held_out")
            for species in ("LOW", "HIGH")
            if each[f"f1_{species}"]
        ]
        assert int(row["n"]) == len(values) <= 2 * 2 * 2
        assert float(row["f1_median"]) == pytest.approx(median(values), abs=2e-6)
        assert float(row["f1_deviation"]) == pytest.approx(stdev(values), abs=2e-6)
        assert row["published_median"] == "0.660000"


@pytest.mark.slow
def test_every_claim_is_held_against_pairs_of_models(study):
    rows = {row["claim"]: row for row in read(study / "results/tables/hypotheses.csv")}
    pairs = {claim: int(row["n_pairs"]) for claim, row in rows.items()}
    # Stage 2 has 3 datasets, stage 3 has 2 on two splits: 7 of each backbone and head.
    assert pairs == {
        "more layers help": 2 * 7,
        "more layers overfit": 2 * (3 + 2 * 3),
        "two layers are better on original data": 2,
        "two layers are better on time_mask data": 2,
        "fewer parameters do better": 2 * 7,
        "a lower learning rate gives a higher F1": 2 * 3,
        "a lower learning rate converges later": 2 * 3,
        "combined beats time_stretch": 2 * 2 * 2,
        "combined beats time_mask": 2 * 2,
        "combined beats frequency_mask": 2 * 2,
    }
    for row in rows.values():
        # This world has two nights, and the test part lies in one: that has no interval.
        if row["n_groups"] == "1":
            assert row["lower"] == row["upper"] == row["agrees"] == ""
        else:
            assert row["agrees"] in ("yes", "no", "undecided")
            assert float(row["lower"]) <= float(row["upper"])
    assert rows["fewer parameters do better"]["compared"].startswith("narrow - wide, ")


@pytest.mark.slow
def test_a_table_is_typeset_on_request(study):
    snakemake(study, "results/tables/table1.tex")
    text = (study / "results/tables/table1.tex").read_text(encoding="utf-8")
    assert text.startswith(r"\begin{tabular}{") and r"lr\_00001" in text


def test_the_study_is_refused_where_its_experiments_are_lacking(fresh):
    message = refused(fresh, "-n", "study")
    assert "has no stage1, stage2, stage3; use --configfile config/paper.yaml" in message
    assert "most recent call last" not in message
    assert "use --configfile" in refused(fresh, "-n", "results/tables/table1.csv")


def test_the_study_is_planned_on_the_real_annotations_without_audio(tmp_path):
    """Its splits are usable on INCT41, and every model is one training and evaluation."""
    source = ROOT.parent / "shared/data/inct41_annotations"
    if not source.is_dir():
        pytest.skip(f"the real annotations are not at {source}")
    config = copy.deepcopy(PAPER)
    config["annotations"]["source"] = str(source)
    config["recordings"]["source"] = str(tmp_path / "recordings.csv")
    rows = [f"{path.stem},{tmp_path}/{path.stem}.wav\n" for path in source.glob("*.txt")]
    for path in source.glob("*.txt"):
        (tmp_path / f"{path.stem}.wav").touch()
    (tmp_path / "recordings.csv").write_text("recording,path\n" + "".join(sorted(rows)))
    for part in ("Snakefile", "rules", "workflow", "envs", "profiles"):
        (tmp_path / part).symlink_to(ROOT / part)
    (tmp_path / "config").mkdir()
    write_config(tmp_path, config)
    jobs = planned(tmp_path, "study")
    assert jobs["train_model"] == jobs["evaluate_model"] == 48 + 24 + 16 * (1 + 5)
    tables = ("tabulate_stage1", "tabulate_stage3", "tabulate_hypotheses")
    assert [jobs[name] for name in tables] == [1, 1, 1]
