"""Models of the table are chosen without a look at the test part, where there is another."""

from anurans.report.model_sections import choose_rows, gather_rows, split_sections


def row(dataset, subset, f1, split="night"):
    about = {"split": split, "leaks": "no", "backbone": "net", "weights": "w/imagenet"}
    about |= {"recipe": "one", "labelling": "default", "dataset": dataset, "subset": subset}
    counts = {"n_clips": "10", "n_recordings": "5", "n_groups": "2"}
    return about | counts | {"f1_macro": f1, "f1_macro_lower": "", "f1_macro_upper": ""}


TABLE = [
    *(row("a", "held_out", "0.4"), row("a", "test", "0.9")),
    *(row("b", "held_out", "0.6"), row("b", "test", "0.1")),
    row("c", "held_out", ""),
]


def test_the_best_are_those_on_held_out_clips():
    best, subsets = choose_rows(gather_rows(TABLE), 2)
    assert [model[-1] for model in best] == ["b", "a"]
    assert subsets == ["held_out", "test"]


def test_datasets_of_a_model_are_one_group_in_the_order_of_the_config():
    models = gather_rows(TABLE)
    best, subsets = choose_rows(models, 9)
    ((titles, groups),) = split_sections(models, best, subsets, ["a", "b", "c"])
    assert titles[0].startswith("Split night, held out\n") and "10 clips" in titles[0]
    ((heading, dots),) = groups
    assert heading == "net (imagenet weights), one"
    assert [dot.label for dot in dots] == ["a", "b", "c"]
    assert dots[0].values == [[0.4, None, None], [0.9, None, None]]
    assert dots[2].values == [[None, None, None], None]
