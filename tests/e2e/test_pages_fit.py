"""Pages are read at desktop and phone width, light and dark, with twenty species as with three."""

from itertools import pairwise

import pytest

from anurans.report.html import render
from anurans.report.overview import Overview, overview_page
from anurans.report.palette import species_marks
from anurans.report.report_pages import PAGES
from anurans.report.season_answers import season_answers
from anurans.report.species_answers import Ground, Help, Known
from anurans.scores.comparison import MODEL
from anurans.scores.confusions import Alarms

NAMES = {f"SPECIE{at:02d}": f"Leptodactylus podicipinus{at}" for at in range(20)}
NIGHTS = [f"2021-10-{day:02d}" for day in range(1, 31)]


def overview():
    """Twenty species with everything that may limit them."""
    scores = {
        name: {"value": value, "lower": "0.51", "upper": "0.83"}
        for name, value in (("f1", "0.68"), ("precision", "0.61"), ("recall", "0.74"))
    }
    grades = {
        grade: {"of": grade, "n": "120", "value": value}
        for grade, value in (("far", "0.31"), ("clear", "0.93"))
    }
    known = [
        Known(
            *(code, name, scores, grades),
            Ground(1234, NIGHTS[:14], ["S1"], ["S1", "S2"]),
            Alarms(400, "SPECIE00", 310),
        )
        for code, name in NAMES.items()
    ]
    model = dict(zip(MODEL, ("recording", "no", "n", "w", "d", "r", "default"), strict=True))
    help_of = Help("../review/doubt-1.html", NAMES)
    return overview_page(Overview("Pond", model, 12, "held_out", known, help_of, {}))


def season():
    """The first table of the monitoring page alone, of twenty species."""
    total = {"clips": "120000", "clips_counted": "105000", "expected": "24080.8"}
    total |= {"lower": "14761.5", "upper": "33890.6"}
    night = {"minutes_present": "3", "share_of_minutes": "0.1", "expected_share": "0.4"}
    answers = season_answers(
        NAMES,
        dict.fromkeys(NAMES, 12),
        [night | {"night": n, "species": code, "lower": "0"} for code in NAMES for n in NIGHTS],
        [total | {"species": code} for code in NAMES],
        [],
        1,
    )
    given = {"doubts": ["One.", "Two."], "later": "", "settles": "", "round": 1, "told": []}
    given |= dict.fromkeys(("heard", "counts", "precision", "notes", "judged"), ())
    marks = species_marks(len(NAMES))
    return render("monitoring", "Pond", "Calls.", answers=answers, marks=marks, **given)


def table():
    """The widest table of the report, with names as long as they come."""
    columns = PAGES["intervals"].brief
    cells = dict.fromkeys(columns, "0.123456") | dict.fromkeys(MODEL, "frequency_mask")
    cells["note"] = "rough: positives in fewer than 20 groups; 5 cannot give 95 %, at most 94 %"
    rows = [cells, {name: f"{cell}1" for name, cell in cells.items()}]
    data = {
        "columns": columns,
        "rows": [[row[name] for name in columns] for row in rows],
        **{"filters": [], "brief": [], "sources": None, "key": "", "file": "t.csv"},
    }
    return render("table", "Scores", "All.", data=data)


def many_columns():
    """A table that no column of may be left out of, as those without a choice of columns."""
    columns = [f"a_name_of_column_{at:02d}" for at in range(17)]
    rows = [[f"0.1{at}{row}456" for at in range(17)] for row in range(3)]
    data = {
        "columns": columns,
        "rows": rows,
        **{"filters": [], "brief": [], "sources": None, "key": "", "file": "t.csv"},
    }
    return render("table", "Scores", "All.", data=data)


MADE = {"many": many_columns, "overview": overview, "season": season, "table": table}


@pytest.fixture
def open_page(browser, tmp_path):
    """Give a function that opens a page at a width and in a colour scheme."""
    contexts = []

    def opened(text, width, scheme="light"):
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        size = {"width": width, "height": 800}
        contexts.append(browser.new_context(viewport=size, color_scheme=scheme, offline=True))
        page = contexts[-1].new_page()
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


# The second is what the menu of Snakemake's report leaves of a screen of 1366.
@pytest.mark.parametrize("width", [1280, 980])
@pytest.mark.parametrize("name", MADE)
def test_no_table_hides_its_last_column_at_desktop_width(name, width, open_page):
    page = open_page(MADE[name](), width)
    hidden = page.evaluate(
        "[...document.querySelectorAll('.table')].map(box => box.scrollWidth - box.clientWidth)"
    )
    assert hidden and max(hidden) <= 0


def test_a_value_and_its_interval_share_a_cell_and_rows_without_room_become_cards(open_page):
    page = open_page(table(), 1280)
    heads = page.locator("thead th").all_inner_texts()
    assert "value, 95 %" in heads and "lower" not in heads
    assert page.locator("tbody tr").first.get_by_text("0.123 (0.123 to 0.123)").count()
    page = open_page(many_columns(), 700)
    assert page.locator("table.cards").count() == 1
    last = page.locator("tbody tr").first.locator("td").last
    assert last.bounding_box()["x"] + last.bounding_box()["width"] <= 700
    label = "each => getComputedStyle(each, '::before').content"
    assert last.evaluate(label) == '"a name of column 16"'
    # Back at a desktop, it is a table again.
    page.set_viewport_size({"width": 2400, "height": 800})
    page.locator("table:not(.cards)").wait_for()


def test_a_number_that_three_decimals_would_make_zero_has_more(open_page):
    rows = [["a", "0.000100", "0.000000"], ["b", "0.001000", "0.000000"]]
    data = {"columns": ["recipe", "learning_rate", "f1"], "rows": rows, "file": "t.csv"}
    data |= {"filters": [], "brief": [], "sources": None, "key": ""}
    page = open_page(render("table", "Table I", "All.", data=data), 1280)
    cells = page.locator("tbody td").all_inner_texts()
    assert cells[1::2] == ["0.0001", "0.001"]
    assert page.get_by_text("In all rows: f1 0.000.").count()


@pytest.mark.parametrize("name", MADE)
def test_a_phone_shows_the_page_at_its_own_width(name, open_page):
    page = open_page(MADE[name](), 390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("name", ["overview", "season"])
def test_on_a_phone_each_answer_is_a_block_of_lines(name, open_page):
    page = open_page(MADE[name](), 390)
    first = page.locator("table.answers").first
    assert first.evaluate("each => each.scrollWidth <= each.parentElement.clientWidth")
    rows = first.locator("tbody tr")
    assert rows.count() == 20
    cells = [cell.bounding_box() for cell in rows.first.locator("th, td").all()]
    assert all(above["y"] < below["y"] for above, below in pairwise(cells))


def light(colour):
    """Relative luminance of a colour as browsers write it, as WCAG 2 has it."""
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_both_schemes(scheme, open_page):
    page = open_page(overview(), 1280, scheme)

    def style(where, what):
        return page.locator(where).first.evaluate(f"each => getComputedStyle(each).{what}")

    ground = light(style("body", "backgroundColor"))
    assert (ground < 0.05) == (scheme == "dark")
    for where in ("body", "p.caption", "table.answers td small", "ul.links a", "thead th"):
        text = light(style(where, "color"))
        ratio = (max(text, ground) + 0.05) / (min(text, ground) + 0.05)
        assert ratio >= 4.5, (where, ratio)
