"""What MkDocs does besides, when `make docs` builds the site.

The site has the folders of the repository: a page of docs/ is docs/<name>.html, beside README.md,
config/README.md and others, so that relative links work here and on GitHub. Pages on the library
are made from its docstrings. The build fails when a page would load something from the network.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "config/README.md",
    "benchmarks/RESULTS.md",
    "benchmarks/SCALE.md",
)
LIBRARY = ROOT / "workflow/scripts/anurans"
# What an element loads, and by which attribute.
LOADS = {
    "audio": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "script": "src",
    "source": "src",
    "video": "src",
}


def api_pages() -> dict[str, str]:
    """One page for each package of the library: its modules, by their docstrings."""
    pages = {}
    for package in sorted(path.parent for path in LIBRARY.glob("*/__init__.py")):
        modules = sorted(path.stem for path in package.glob("*.py") if path.stem != "__init__")
        blocks = "\n\n".join(f"::: anurans.{package.name}.{module}" for module in modules)
        pages[f"api/{package.name}.md"] = f"# anurans.{package.name}\n\n{blocks}\n"
    return pages


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") in ("canonical", "next", "prev"):
            return
        address = given.get(LOADS.get(tag, "")) or ""
        if address.startswith(("http:", "https:", "//")):
            self.found.append(address)


def foreign(page: str) -> list[str]:
    """Addresses of other hosts that a page loads by itself; links that people click are none."""
    parser = _Loads()
    parser.feed(page)
    return parser.found


def on_config(config):
    """Put the pages of the library into the navigation."""
    api = [{Path(name).stem: name} for name in api_pages()]

    def filled(items):
        for item in items:
            for title, below in item.items():
                if below == "API":
                    item[title] = api
                elif isinstance(below, list):
                    filled(below)

    filled(config.nav)
    return config


def on_files(files, config):
    """Give each file its place in the repository, and add those that stand outside of docs/."""
    from mkdocs.structure.files import File, Files

    placed = [file for file in files if not file.src_uri.endswith((".py", ".pyc"))]
    found = []
    for file in placed:
        if Path(config.docs_dir, file.src_uri).is_file():
            path = f"docs/{file.src_uri}"
            found.append(File.generated(config, path, abs_src_path=file.abs_src_path))
        else:
            found.append(file)
    others = {*PAGES, "Dockerfile", "profiles/slurm/config.yaml"}
    for name in sorted(others):
        found.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    for name, text in api_pages().items():
        found.append(File.generated(config, name, content=text))
    return Files(found)


def on_post_build(config):
    """Refuse a site that needs the network."""
    from mkdocs.exceptions import PluginError

    wrong = [
        f"{path.relative_to(config.site_dir)} loads {address}"
        for path in sorted(Path(config.site_dir).rglob("*.html"))
        for address in foreign(path.read_text(encoding="utf-8"))
    ]
    if wrong:
        raise PluginError("\n".join(wrong))
