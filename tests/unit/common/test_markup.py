"""Tables to be read: layout, short numbers, and what would break the markup."""

from anurans.common.markup import aligned, latex, markdown

COLUMNS = ["name", "f1_macro", "n"]
ROWS = [
    {"name": "dense3_a|b", "f1_macro": 0.12349, "n": 12},
    {"name": "50 % & more", "f1_macro": None},
    {"name": "read", "f1_macro": "-1.500000", "n": "7"},
]


def test_cells_stand_in_columns():
    lines = [["name", "n"], ["longer name", "5"], ["a", "100"]]
    assert aligned(lines, right=[1], rule=True) == [
        "name           n",
        "-----------  ---",
        "longer name    5",
        "a            100",
    ]
    assert aligned(lines[:1], between="|", least=6) == ["name  |n     "]


def test_markdown_is_aligned_and_short():
    assert markdown(COLUMNS, ROWS).splitlines() == [
        "| name        | f1 macro | n   |",
        "| ----------- | -------- | --- |",
        "| dense3_a\\|b | 0.123    | 12  |",
        "| 50 % & more |          |     |",
        "| read        | -1.500   | 7   |",
    ]


def test_an_empty_table_has_its_header():
    assert markdown(["a"], []).splitlines() == ["| a   |", "| --- |"]


def test_latex_escapes_what_it_would_read():
    assert latex(COLUMNS, ROWS).splitlines() == [
        r"\begin{tabular}{lll}",
        r"\hline",
        r"name & f1 macro & n \\",
        r"\hline",
        r"dense3\_a|b & 0.123 & 12 \\",
        r"50 \% \& more &  &  \\",
        r"read & -1.500 & 7 \\",
        r"\hline",
        r"\end{tabular}",
    ]
    assert r"\textbackslash{}" in latex(["a"], [{"a": "\\"}])
