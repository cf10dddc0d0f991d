"""Pages of the report hold what they are given, and nothing that it could do harm with."""

import json
import re
import shutil
from html import unescape

import pytest
from jinja2 import UndefinedError, meta

from anurans.report import report_pages
from anurans.report.html import environment, render, table_page

EVIL = '</script><script>alert("x")</script>&<b>'


def data_of(text):
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.S)[1])


def test_a_table_keeps_its_cells_and_knows_its_filters():
    rows = [{"split": "night", "f1": "0.500000"}, {"split": EVIL, "f1": ""}]
    text = table_page("T", "C", "t.csv", rows, ["split", "f1"], ["split", "missing"])
    data = data_of(text)
    assert data["columns"] == ["split", "f1"]
    assert data["rows"] == [["night", "0.500000"], [EVIL, ""]]
    assert data["filters"] == ["split"]
    assert data["brief"] == []
    assert data["sources"] is None


def test_what_users_write_stays_text():
    rows = [{EVIL: EVIL}]
    for text in (
        table_page(EVIL, EVIL, "t.csv", rows, [EVIL], sources={EVIL: {"title": EVIL}}, key=EVIL),
        render(
            "setup",
            EVIL,
            EVIL,
            told=[(EVIL, EVIL)],
            machines=[{EVIL: EVIL}],
            versions={EVIL: EVIL},
            code={EVIL: EVIL},
            config=EVIL,
        ),
    ):
        assert EVIL not in text
        assert text.count("<script>alert") == 0
        assert "alert" in unescape(text)


def test_a_key_column_is_hidden_but_there():
    rows = [{"a": "1", "b": "2", "run": "x/y"}]
    data = data_of(table_page("T", "C", "t.csv", rows, ["a", "b"], sources={"x/y": {}}, key="run"))
    assert data["columns"] == ["a", "b", "run"]
    assert data["key"] == "run"
    assert data["rows"] == [["1", "2", "x/y"]]


def test_a_page_needs_nothing_from_elsewhere():
    text = table_page("T", "C", "t.csv", [{"a": "1"}], ["a"])
    assert not re.search(r"""(src|href)=["']|@import|url\(|https?://""", text)


def test_a_value_that_a_template_lacks_is_no_empty_cell():
    with pytest.raises(UndefinedError, match="versions"):
        render("setup", "T", "C", told=[], machines=[])


@pytest.mark.parametrize("name", ["table", "setup", "model_card", "monitoring", "drift"])
def test_the_digest_covers_all_that_a_template_is_made_of(name, tmp_path, monkeypatch):
    """As Jinja2 itself finds it, not by the words that the digest looks for."""
    templates, of, pending = environment(), set(), [f"{name}.html"]
    while pending:
        of.add(pending[-1])
        source = templates.loader.get_source(templates, pending.pop())[0]
        pending += [
            each
            for each in meta.find_referenced_templates(templates.parse(source))
            if each not in of
        ]
    assert {"page.html", "page.css"} < of
    pages = shutil.copytree(report_pages.TEMPLATES, tmp_path / "pages")
    monkeypatch.setattr(report_pages, "TEMPLATES", pages)
    before = report_pages.template(name)
    for path in sorted(pages.iterdir()):
        text = path.read_text()
        path.write_text(text + " ")
        assert (report_pages.template(name) != before) == (path.name in of), path.name
        path.write_text(text)
    assert report_pages.template(name) == before
