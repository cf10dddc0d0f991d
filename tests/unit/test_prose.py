"""How long sentences of the pages are counted (tests/prose.py), and that the pages keep to it."""

import textwrap

import prose

PAGE = """# A heading of no account, however long it is

A first sentence. A second one, with `code that has spaces` and [a link](https://example.org)!
[page.md](page.md) and `code` begin sentences. `code` does here.

| a table | of many words |
| --- | --- |
| is not | counted |

- An item: it ends here
- Another
  that goes on.

```
code is. Not counted.
```

1. **Bold.** Cañas et al. 2023 is one sentence.
"""


def test_sentences_are_found_outside_of_code_and_tables():
    assert prose.sentences(PAGE) == [
        "A first sentence.",
        "A second one, with code and a link!",
        "page.md and code begin sentences.",
        "code does here.",
        "An item: it ends here",
        "Another that goes on.",
        "**Bold.",
        "Cañas et al. 2023 is one sentence.",
    ]


def test_words_are_counted_and_signs_are_not():
    assert prose.words("Three - words + here = fine") == 4


def folder(tmp_path, page, limit=0, phrases=()):
    (tmp_path / "README.md").write_text(page, encoding="utf-8")
    settings = f"""
        [tool.prose]
        pages = ["*.md"]
        limit = {limit}
        phrases = {list(phrases)}
        [tool.prose.limits]
        """
    (tmp_path / "pyproject.toml").write_text(textwrap.dedent(settings), encoding="utf-8")
    return tmp_path


def test_a_page_of_long_sentences_is_refused(tmp_path, capsys):
    short, long = "Word " * 24 + "end. ", "Word " * 25 + "end. "
    assert prose.main(folder(tmp_path, short)) == 0
    assert prose.main(folder(tmp_path, short + long, limit=50)) == 0
    assert prose.main(folder(tmp_path, short + long, limit=49)) == 1
    message = capsys.readouterr().err
    assert "README.md: 50.0 % of sentences are long, 49 % are allowed" in message
    assert "26 words: Word Word" in message


def test_a_phrase_not_to_write_is_named_where_it_is_no_code(tmp_path, capsys):
    assert prose.main(folder(tmp_path, "This is `in order to` run.", phrases=["in order to"])) == 0
    assert prose.main(folder(tmp_path, "In order to\nrun it.", phrases=["in order to"])) == 1
    assert "README.md: do not write 'in order to'" in capsys.readouterr().err
