"""Pages of the report hold what they are given, and nothing that it could do harm with."""

import json
import re
from html import unescape

from anurans.report.html import facts, page, plain_table, table_page

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
        page(EVIL, EVIL, facts([(EVIL, EVIL)]) + plain_table([EVIL], [[EVIL]])),
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
