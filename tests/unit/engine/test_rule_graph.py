"""Rules that are many and alike are one in the picture."""

import pytest

from anurans.engine.rule_graph import kind_of


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("plot_split", "figures"),
        ("tabulate_models", "tables"),
        ("train_model", "train_model"),
        ("replot_split", "replot_split"),
    ],
)
def test_kinds(rule, kind):
    assert kind_of(rule) == kind
