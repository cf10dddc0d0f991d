"""Digest of the code that a job runs, so that a job is outdated just when its code changed."""

import ast
import hashlib
import io
import json
import os
import sys
import tokenize
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

PACKAGE = "anurans"
_OWN = Path(__file__).read_bytes()


def code_digest(*files: str | Path) -> str:
    """Digest scripts and every module of the library that they import, directly or not.

    Comments, docstrings and blank lines do not count, nor do times of files. The text itself is
    digested, with those spans cut out by position: an unparsed tree differs between versions of
    Python.

    Parameters
    ----------
    files
        Scripts or modules, in a folder that holds the library (or in the library itself).

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    seen: dict[Path, str] = {}
    pending = [Path(file).resolve() for file in files]
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        text, imports = _read(path, path.stat().st_mtime_ns)
        seen[path] = text
        pending.extend(imports)
    digest = hashlib.sha256()
    for path in sorted(seen, key=lambda path: path.name):
        digest.update(f"{path.name}\0{seen[path]}\0".encode())
    return digest.hexdigest()[:16]


@cache
def _read(path: Path, _mtime: int) -> tuple[str, tuple[Path, ...]]:
    """Text of a file that counts, and files that it may import.

    Kept beside what Python keeps of it, and found by all that the answer depends on: to read the
    whole library anew takes as long as all else that is done when the workflow is parsed.
    """
    source = path.read_bytes()
    key = hashlib.sha256(_OWN + source).hexdigest()
    kept = Path(cache_from_source(str(path))).with_suffix(".code")
    try:
        found, text, imports = json.loads(kept.read_bytes())
    except (OSError, ValueError, TypeError):
        found = text = imports = None
    if found != key:
        # As open() reads text: with line ends of one kind.
        decoded = io.TextIOWrapper(io.BytesIO(source), encoding="utf-8").read()
        tree = ast.parse(decoded, filename=str(path))
        text, imports = _strip(decoded, tree), sorted(_imports(tree))
        _keep(kept, json.dumps([key, text, imports]))
    home = path.parent.parent if path.parent.name == PACKAGE else path.parent
    # Of the library, or a script beside the one that imports it.
    return text, tuple(
        home / file for file in imports if file.startswith(f"{PACKAGE}/") or (home / file).is_file()
    )


def _keep(path: Path, text: str) -> None:
    """Write a file that may be missing, where one can."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(text, encoding="utf-8")
            partial.replace(path)


def _imports(tree: ast.AST) -> set[str]:
    """Files that are imported, where all lay below the folder of the scripts."""
    names = set()
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            names.update(f"{PACKAGE}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {"/".join(name.split(".")[:2]) + ".py" for name in names}


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk over a tree without going into expressions, which hold no import and no docstring.

    A tenth of the nodes.
    """
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            # The body of a lambda, and of a conditional expression, is no list; nor seen here.
            pending.extend(getattr(node, part, ()))


def _strip(source: str, tree: ast.AST) -> str:
    """Cut comments, docstrings and blank lines out of `source`."""
    # As Python counts lines: not by form feeds, nor by the line separators of Unicode. Positions of
    # the tree count bytes of UTF-8, those of the tokens count characters.
    lines = source.split("\n")
    # Rows that end within a string: what is blank there is part of its value.
    kept: set[int] = set()
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        first, last = token.start[0] - 1, token.end[0] - 1
        if token.type == tokenize.COMMENT:
            lines[first] = lines[first][: token.start[1]]
        elif token.type == tokenize.STRING:
            kept.update(range(first, last))
        elif tokenize.tok_name[token.type] == "FSTRING_START":  # since Python 3.12
            opened.append(first)
        elif tokenize.tok_name[token.type] == "FSTRING_END":
            kept.update(range(opened.pop(), last))
    raw = [line.encode() for line in lines]
    for node in filter(None, map(_docstring, _statements(tree))):
        first, last = node.lineno - 1, node.end_lineno - 1
        tail = raw[last][node.end_col_offset :]
        raw[first] = raw[first][: node.col_offset] + (tail if first == last else b"")
        for row in range(first + 1, last + 1):
            raw[row] = tail if row == last else b""
        kept.difference_update(range(first, last))
    return "\n".join(
        line.decode() if row in kept else line.decode().rstrip()
        for row, line in enumerate(raw)
        if row in kept or line.strip()
    )


def _docstring(node: ast.AST) -> ast.Constant | None:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
        return node.body[0].value
    return None
