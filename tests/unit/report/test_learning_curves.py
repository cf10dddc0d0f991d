"""Losses of trainings are read as history.tsv has them."""

from anurans.report.learning_curves import EPOCH, PENALTY, columns_for, read_curves


def test_epochs_make_one_curve():
    rows = [
        {"epoch": "1", "loss": "0.5", "val_loss": "0.75"},
        {"epoch": "2", "loss": "0.25", "val_loss": ""},
    ]
    (curve,) = read_curves(rows, {"best_epoch": "2"})
    assert (curve.by, curve.x, curve.kept) == (EPOCH, [1, 2], 2)
    assert curve.lines == ([0.5, 0.25], [0.75, None])
    assert curve.known == [0.5, 0.25, 0.75]


def test_penalties_make_a_curve_of_each_species():
    rows = [
        {"species": name, "C": c, "loss": loss, "chosen": chosen}
        for name, c, loss, chosen in (
            *(("A", "0.1", "0.5", "0"), ("A", "1", "0.25", "1")),
            *(("B", "0.1", "", "1"), ("B", "1", "", "0")),
        )
    ]
    one, other = read_curves(rows, {"best_epoch": ""})
    assert (one.by, one.x, one.kept, one.lines[1]) == (PENALTY, [0.1, 1.0], 1.0, [0.5, 0.25])
    assert (other.kept, other.known) == (0.1, [])


def test_own_classes_have_no_curve():
    assert read_curves([], {"best_epoch": ""}) == []


def models(datasets, recipes):
    return [
        ("s", "no", "net", "w", each, recipe, "default") for recipe in recipes for each in datasets
    ]


def test_datasets_stand_side_by_side_where_all_have_the_same():
    full = models("abcd", ["one", "two"])
    assert columns_for(full, 5) == 4
    assert columns_for(full[:-1], 5) == 5
    assert columns_for(models("a", ["one"]), 5) == 3
