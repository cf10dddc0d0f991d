"""Runs gathered to models, and which of them are the best."""

from anurans.scores.comparison import MODEL
from anurans.scores.ranking import (
    choose_best,
    few_best,
    gather_models,
    mean_score,
    model_to_tell,
    name_models,
    rank_models,
)


def run(fold="1", f1=None, backbone="b", dataset="d", recipe="r", **others):
    """Rows of metrics.tsv: macro F1 by part."""
    model = ("s", "no", backbone, "random", dataset, recipe, "default")
    about = dict(zip(MODEL, model, strict=True)) | {"fold": fold} | others
    about = {"n_species": "3"} | about
    return [about | {"subset": part, "f1_macro": value} for part, value in (f1 or {}).items()]


def test_folds_of_a_model_stand_in_order_and_a_run_without_a_part_is_left_out():
    runs = [run(fold, {"test": "0.5"}) for fold in ("10", "2", "1")] + [run()]
    assert list(gather_models(runs).values()) == [[2, 1, 0]]


def test_models_are_ranked_by_their_mean_and_undefined_ones_come_last():
    runs = [
        run("1", {"held_out": "0.2"}, "b"),
        run("2", {"held_out": "0.8"}, "b"),
        run("1", {"held_out": "0.6"}, "a"),
        run("1", {"held_out": ""}, "c"),
    ]
    assert [model[MODEL.index("backbone")] for model in rank_models(runs, "held_out")] == [
        "a",
        "b",
        "c",
    ]
    assert mean_score(runs[:2], "held_out") == 0.5 and mean_score(runs[3:], "held_out") is None
    chosen, subset, words = few_best(runs, 2)
    assert list(chosen.values()) == [[2], [0, 1]] and subset == "held_out"
    assert words == "the 2 best of 3 models by mean held-out F1"


def test_who_is_judged_on_fewer_species_stands_behind_all_others():
    runs = [
        run("1", {"held_out": "0.9"}, "a", recipe="own", n_species="1"),
        run("1", {"held_out": "0.2"}, "a"),
        run("1", {"held_out": ""}, "b"),
        # Of another fold, where one species less calls, for all.
        run("2", {"held_out": "0.9"}, "a", recipe="own", n_species="2"),
        run("2", {"held_out": "0.4"}, "a", n_species="2"),
    ]
    ranked = [(model[2], model[5]) for model in rank_models(runs, "held_out")]
    assert ranked == [("a", "r"), ("b", "r"), ("a", "own")]
    assert few_best(runs, 1)[0] == {rank_models(runs, "held_out")[0]: [1, 4]}
    # Where all lack it, or none, the score decides.
    alone = [
        run("1", {"held_out": f1}, name, n_species="1") for name, f1 in (("a", "0.1"), ("b", "0.9"))
    ]
    assert [model[2] for model in rank_models(alone, "held_out")] == ["b", "a"]


def test_where_nothing_is_held_out_validation_chooses_and_test_is_shown():
    runs = [
        run("all", {"validation": "0.9", "test": "0.1"}, "a"),
        run("all", {"validation": "0.2", "test": "0.8"}, "b"),
    ]
    chosen, subset, words = few_best(runs, 1)
    assert list(chosen.values()) == [[0]] and subset == "test"
    assert words == "the best of 2 models by mean validation F1"
    assert few_best(runs[:1])[2] == "1 model" and few_best([]) == ({}, "test", "0 models")


def test_the_best_of_each_kind_is_chosen_on_validation_alone():
    runs = [
        run("1", {"validation": "0.4", "test": "0.9"}, "a", "x"),
        run("1", {"validation": "0.6", "test": "0.1"}, "b", "x"),
        run("1", {"validation": "0.1", "test": "0.1"}, "a", "y"),
    ]
    best = choose_best(runs, lambda model: model[MODEL.index("dataset")])
    assert {dataset: model[MODEL.index("backbone")] for dataset, model in best.items()} == {
        "x": "b",
        "y": "a",
    }


def test_models_are_named_by_what_differs():
    models = [
        ("s", "no", "b", "w", "d", "r", "default"),
        ("s", "no", "b", "w", "e", "r", "default"),
    ]
    assert list(name_models(models).values()) == ["b, d", "b, e"]
    assert list(name_models(models[:1]).values()) == ["b"]
    weights = [
        ("s", "no", "b", "x/one.h5", "d", "r", "default"),
        ("s", "no", "b", "two.h5", "d", "r", "any"),
    ]
    assert list(name_models(weights).values()) == ["b, default", "b, any"]
    same = [
        ("s", "no", "b", "x/one.h5", "d", "r", "default"),
        ("s", "no", "b", "two.h5", "d", "r", "default"),
    ]
    assert list(name_models(same).values()) == ["b (one.h5)", "b (two.h5)"]


def test_the_report_tells_of_the_best_that_listens_and_does_not_leak():
    of = [
        run("1", {"validation": "0.9"}, "leaky", leaks="yes"),
        run("1", {"validation": "0.8"}, "a", recipe="own"),
        run("1", {"validation": "0.7"}, "b"),
        run("1", {"validation": "0.6"}, "c"),
    ]

    def told(runs):
        model, chosen_of = model_to_tell(runs)
        return model[MODEL.index("backbone")], chosen_of

    assert told(of) == ("b", 2)
    # Where there is nothing else, it is of what there is.
    assert told(of[:1]) == ("leaky", 1)
    assert told(of[1:2]) == ("a", 1)
