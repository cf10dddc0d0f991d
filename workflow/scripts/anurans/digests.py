"""Digest of the code that a job runs, so that a job is outdated just when its code changed."""

import ast
import hashlib
import io
import tokenize
from functools import cache
from pathlib import Path

PACKAGE = "anurans"


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
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source, filename=str(path))
    library = path.parent if path.parent.name == PACKAGE else path.parent / PACKAGE
    return _strip(source, tree), tuple(sorted(_imports(tree, library)))


def _imports(tree: ast.AST, library: Path) -> set[Path]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(
                alias.name.split(".")[1]
                for alias in node.names
                if alias.name.startswith(f"{PACKAGE}.")
            )
        elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            names.add(node.module.split(".")[1])
    return {library / f"{name}.py" for name in names}


def _strip(source: str, tree: ast.AST) -> str:
    """Cut comments, docstrings and blank lines out of `source`."""
    # Positions of the tree count bytes of UTF-8, those of the tokens count characters.
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    raw = [line.encode() for line in lines]
    docstrings = [_docstring(node) for node in ast.walk(tree)]
    for node in filter(None, docstrings):
        first, last = node.lineno - 1, node.end_lineno - 1
        tail = raw[last][node.end_col_offset :]
        raw[first] = raw[first][: node.col_offset] + (tail if first == last else b"")
        for row in range(first + 1, last + 1):
            raw[row] = tail if row == last else b""
    # Blank lines within a string are part of its value.
    kept = {
        row
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in docstrings
        for row in range(node.lineno - 1, node.end_lineno)
    }
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
