"""The columns of the table of scores, and how it is sorted and shown."""

import pytest

from anurans.scores.summary import KEYS, columns, short_table, sort_key

ROW = {
    "experiments": "all",
    "split": "recording",
    "leaks": "no",
    "backbone": "net",
    "weights": "imagenet",
    "dataset": "original",
    "recipe": "linear",
    "fold": "1",
    "labelling": "default",
    "subset": "test",
    "f1_macro": "0.500000",
    "f1_B": "0.400000",
    "f1_P": "0.600000",
    "map": "0.700000",
}


def test_order_of_the_columns():
    expected = """
        experiments split leaks backbone weights dataset recipe fold labelling subset
        n_clips n_recordings n_groups n_species positives_B positives_P
        positive_groups_B positive_groups_P
        f1_B f1_P precision_B precision_P recall_B recall_P ap_B ap_P auroc_B auroc_P
        f1_macro f1_micro map f1_macro_lower f1_macro_upper
        f1_at_half_B f1_at_half_P f1_at_half_macro
        threshold_B threshold_P threshold_source_B threshold_source_P
        converged epochs best_epoch parameters_head parameters_total weights_mb
    """
    assert columns(["B", "P"]) == expected.split()


@pytest.mark.parametrize("n", [1, 2, 7])
def test_columns_are_unique(n):
    found = columns([f"S{i}" for i in range(n)])
    assert len(set(found)) == len(found) == len(columns([])) + 10 * n


def test_rows_are_sorted_by_their_keys_with_folds_as_numbers():
    rows = [
        ROW | {"fold": "10"},
        ROW | {"fold": "2"},
        ROW | {"fold": "2", "subset": "held_out"},
        ROW | {"fold": "all"},
        ROW | {"backbone": "a", "fold": "11"},
        ROW | {"experiments": "a", "subset": "validation"},
    ]
    order = sorted(rows, key=sort_key)
    assert [(row["experiments"], row["backbone"], row["fold"], row["subset"]) for row in order] == [
        ("a", "net", "1", "validation"),
        ("all", "a", "11", "test"),
        ("all", "net", "all", "test"),
        ("all", "net", "2", "held_out"),
        ("all", "net", "2", "test"),
        ("all", "net", "10", "test"),
    ]
    assert set(KEYS) <= set(ROW)


def test_short_table():
    rows = [
        ROW,
        ROW | {"fold": "2", "f1_macro": "0.600000", "f1_P": ""},
        ROW | {"subset": "held_out", "f1_macro": "0.550000"},
        ROW | {"subset": "validation", "f1_macro": "0.990000"},
        ROW | {"backbone": "better", "f1_macro": "0.800000", "f1_B": "", "map": "0.75"},
    ]
    assert short_table(rows, ["B", "P"]).splitlines() == [
        "part      backbone  folds  F1 macro      B             P      mAP",
        "--------  --------  -----  ------------  ------------  -----  ------------",
        "held out  net       1      0.550         0.400         0.600  0.700",
        "test      better    1      0.800         -             0.600  0.750",
        "test      net       2      0.550 ±0.071  0.400 ±0.000  0.600  0.700 ±0.000",
    ]


def test_columns_that_differ_are_shown():
    rows = [ROW, ROW | {"recipe": "deep", "f1_macro": "0.400000"}]
    lines = short_table(rows, ["B", "P"]).splitlines()
    assert lines[0].split() == ["part", "backbone", "recipe", "folds", "F1", "macro", *"BP", "mAP"]
    assert [line.split()[2] for line in lines[2:]] == ["linear", "deep"]


def test_validation_is_shown_where_there_is_nothing_else():
    rows = [
        ROW | {"subset": "validation", "fold": "all", "f1_macro": "0.300000"},
        ROW | {"backbone": "other"},
        ROW | {"backbone": "other", "subset": "validation"},
    ]
    lines = short_table(rows, ["B"]).splitlines()[2:]
    assert [line.split()[:2] for line in lines] == [["test", "other"], ["validation", "net"]]


def test_a_model_without_scores_comes_last():
    empty = ROW | {"backbone": "a", "f1_macro": "", "f1_B": "", "map": ""}
    lines = short_table([empty, ROW], ["B"]).splitlines()[2:]
    assert [line.split()[1] for line in lines] == ["net", "a"]
    assert lines[1].split()[2:] == ["1", "-", "-", "-"]


def test_short_table_of_nothing():
    assert len(short_table([], ["B"]).splitlines()) == 2
