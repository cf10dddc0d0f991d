"""The pages: links lead somewhere, all are in the site, and Markdown means the same everywhere."""

import importlib.util
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        ROOT / "config/README.md",
        *(ROOT / "benchmarks").glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
    ]
)


def name(path):
    return path.relative_to(ROOT).as_posix()


def prose(path):
    """A page without its blocks of code."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"^([ \t]*)```.*?^\1```[ \t]*$", "\n", text, flags=re.M | re.S)


def anchors(path):
    """What headings are called in addresses, by GitHub and the site alike."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", prose(path), re.M):
        bare = re.sub(r"[^\w\s-]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading))
        found.add(re.sub(r"\s", "-", bare.strip().lower()))
    return found


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_to_files_and_headings(path):
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(path)))
    for link in links:
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.is_file(), f"{name(path)}: {link} leads to no file"
        if anchor:
            assert anchor in anchors(target), f"{name(path)}: {link} leads to no heading"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_tables_and_lists_stand_apart(path):
    """As Markdown outside of GitHub needs it."""
    before = ""
    for line in prose(path).splitlines():
        table, item = r"\s*\|", r"\s*(?:- |\d+\. )"
        if re.match(table, line):
            assert not before or re.match(rf"{table}|#|<!--", before), (before, line)
        elif re.match(r"- |\d+\. ", line):
            assert not before or re.match(rf"{item}|\s", before), (before, line)
        before = line.rstrip()


def navigation(items):
    for item in items:
        for below in item.values():
            yield from navigation(below) if isinstance(below, list) else [below]


def test_every_page_is_in_the_site():
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = list(navigation(settings["nav"]))
    assert sorted(each for each in listed if each != "API") == sorted(map(name, PAGES))
    assert settings["strict"] and settings["theme"]["font"] is False


@pytest.fixture(scope="module")
def site():
    spec = importlib.util.spec_from_file_location("site_hooks", ROOT / "docs/site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_a_page_loads_from_others_is_found(site):
    page = """<link rel="stylesheet" href="https://fonts.example/a.css">
        <script src="//b.example/c.js"></script><img src="https://d.example/e.png"><a href="https://f.example">click</a>
        <link rel="canonical" href="https://g.example"><img src="docs/h.png">"""
    assert site.foreign(page) == [
        "https://fonts.example/a.css",
        "//b.example/c.js",
        "https://d.example/e.png",
    ]


def test_the_library_has_a_page_for_each_package(site):
    pages = site.api_pages()
    packages = {path.parent.name for path in site.LIBRARY.glob("*/__init__.py")}
    assert set(pages) == {f"api/{package}.md" for package in packages}
    assert "::: anurans.scores.metrics\n" in pages["api/scores.md"]
