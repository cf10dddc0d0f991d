"""Long sentences in pages and captions: how many there are, and whether that is too many.

`make lint` runs it. A sentence over 25 words is long. Code, tables, headings and addresses of
links are left out. A page fails when its share of long sentences exceeds its limit, which stands
in pyproject.toml under [tool.prose], or when it holds one of the phrases listed there.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONG = 25


def paragraphs(text: str) -> list[str]:
    """Paragraphs and list items of a page, without code, tables, headings and comments.

    A span of code counts as one word, and a link as its text.
    """
    text = re.sub(r"^([ \t]*)(```+|~~~+).*?^\1\2[ \t]*$", "\n", text, flags=re.M | re.S)
    text = re.sub(r"<!--.*?-->|<[^<>\n]+>", "", text, flags=re.S)
    # Jinja, of captions: comments and statements.
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", "\n", text, flags=re.S)
    text = re.sub(r"``.+?``|`[^`]+`", "code", text)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith(("|", "#", "![")) or set(bare) <= set("-=*_ "):
            inside = False
            continue
        item = re.sub(r"^(?:[-*+]|\d+[.)]|>|!!! \w+)\s+", "", bare)
        if inside and item == bare:
            found[-1] += f" {bare}"
        else:
            found.append(item)
        inside = True
    return found


def sentences(text: str) -> list[str]:
    """Sentences of a page, in order."""
    end = re.compile(r"(?<=[.!?])[*_\")]*\s+(?=[*_\"(]*[A-Z0-9]|code\b|[\w-]+\.md\b)")
    known = re.compile(r"\b(e\.g|i\.e|et al|vs|No|Fig)\.")
    found = []
    for paragraph in paragraphs(text):
        whole = known.sub(lambda match: match[0][:-1] + "\0", paragraph)
        found += [part.replace("\0", ".") for part in end.split(whole) if re.search(r"\w", part)]
    return found


def words(sentence: str) -> int:
    """How many words a sentence has; signs between spaces are none."""
    return sum(bool(re.search(r"\w", word)) for word in sentence.split())


def phrases(text: str, unwanted: list[str]) -> list[str]:
    """Unwanted phrases that a page holds, outside of code and tables."""
    whole = " ".join(" ".join(paragraphs(text)).lower().split())
    return [phrase for phrase in unwanted if re.search(rf"\b{re.escape(phrase)}\b", whole)]


def pages(root: Path, names: list[str]) -> list[Path]:
    """Pages by their patterns, each once."""
    return sorted({path for name in names for path in root.glob(name)})


def main(root: Path = ROOT) -> int:
    """Print shares of long sentences; 1 where a page exceeds its limit or holds a phrase."""
    rules = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["prose"]
    faults = []
    total = total_long = 0
    verbose = "--long" in sys.argv
    for path in pages(root, rules["pages"]):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        found = sentences(text)
        long = [sentence for sentence in found if words(sentence) > LONG]
        share = 100 * len(long) / max(len(found), 1)
        limit = rules["limits"].get(name, rules["limit"])
        total, total_long = total + len(found), total_long + len(long)
        if long:
            print(f"{share:5.1f} % of {len(found):4} sentences over {LONG} words: {name}")
        if share > limit:
            faults.append(f"{name}: {share:.1f} % of sentences are long, {limit} % are allowed")
        if share > limit or verbose:
            faults += [f"  {words(sentence)} words: {sentence}" for sentence in long]
        faults += [f"{name}: do not write '{each}'" for each in phrases(text, rules["phrases"])]
    print(f"{100 * total_long / max(total, 1):5.1f} % of {total:4} in all")
    print(*faults, sep="\n", file=sys.stderr, end="\n" if faults else "")
    return int(bool(faults) and not verbose)


if __name__ == "__main__":
    sys.exit(main())
