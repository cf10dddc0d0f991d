"""What a module defines, and which names each definition uses, by its syntax tree.

A **unit** is digested as a whole: a function; a class with its bases, decorators and fields;
a constant with every statement of its module that changes it; any other statement of a module.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
SCOPE = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
DEFINITION = FUNCTION | ast.ClassDef | ast.Assign | ast.AnnAssign
COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
# Of an import: what is bound, and the module and name it stands for; no name for a module itself.
Binding = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a module.

    Attributes
    ----------
    names
        What it defines; none of a statement that is always run.
    text
        Digest of what of it decides what it does.
    uses
        Names that are not its own, with their attributes: `files.whole`.
    imports
        What it imports itself, where it does so within a function.
    runs
        Whether it runs wherever its module is imported, used or not.
    """

    names: list[str]
    text: str
    uses: list[str]
    imports: dict[str, Binding]
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Definitions:
    """A module: its imports, the modules whose every name it takes (`*`), and its units."""

    imports: dict[str, Binding]
    stars: list[str]
    units: list[Unit]


def read_definitions(source: str, filename: str) -> Definitions:
    """Read the definitions of a module.

    Not counted: comments, docstrings, layout, annotations of functions and of their variables, and
    the text within `raise UserError(...)` and `log.<level>(...)`, which only people read.
    """
    tree = ast.parse(source, filename=filename)
    imports, stars = _imports(node for each in tree.body for node in _outside(each))
    defined: dict[str, list[ast.stmt]] = {}
    units = []
    for statement in _without_docstring(tree.body):
        names = _defined(statement)
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        if isinstance(statement, DEFINITION) and names:
            # Names that are defined together are one unit, under each of them.
            for name in names:
                defined.setdefault(name, []).append(statement)
        elif (changed := _changed(statement)) in defined:
            defined[changed].append(statement)
        else:
            units.append(_unit(names, [statement], runs=True))
    units += [_unit([name], statements) for name, statements in defined.items()]
    return Definitions(imports, stars, units)


def _unit(names: list[str], statements: list[ast.stmt], runs: bool = False) -> Unit:
    text = "".join(_canonical(each, inside=False, quiet=False) for each in statements)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    imports, _ = _imports(
        node
        for each in statements
        for node in ast.walk(each)
        if isinstance(node, ast.Import | ast.ImportFrom)
    )
    uses = sorted({use for each in statements for use in _uses(each, frozenset())})
    return Unit(names, digest, uses, imports, runs)


def _outside(node: ast.AST) -> Iterator[ast.stmt]:
    """Imports that run when the module is imported: in no function."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
    elif not isinstance(node, SCOPE):
        for each in ast.iter_child_nodes(node):
            yield from _outside(each)


def _defined(statement: ast.stmt) -> list[str]:
    """Names that a statement of a module defines."""
    if isinstance(statement, ast.AugAssign):
        return []
    return sorted(_bound([statement]))


def _imports(statements: Iterable[ast.stmt]) -> tuple[dict[str, Binding], list[str]]:
    found: dict[str, Binding] = {}
    stars = []
    for node in statements:
        if isinstance(node, ast.Import):
            for alias in node.names:
                # `import a.b` binds a, from which attributes lead on.
                bound = alias.asname or alias.name.split(".")[0]
                found[bound] = (alias.name if alias.asname else bound, None)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                if alias.name == "*":
                    stars.append(module)
                else:
                    found[alias.asname or alias.name] = (module, alias.name)
    return found, stars


def _changed(statement: ast.stmt) -> str:
    """The name that a statement changes: `X |= Y`, `X["a"] = 1`, `del X["a"]`, `X.add(1)`."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        return _root(function) if isinstance(function, ast.Attribute) else ""
    if isinstance(statement, ast.Assign | ast.Delete) and len(statement.targets) == 1:
        return _root(statement.targets[0])
    if isinstance(statement, ast.AnnAssign | ast.AugAssign):
        return _root(statement.target)
    return ""


def _root(node: ast.AST) -> str:
    """The name that attributes and subscripts begin with."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _bound(statements: Iterable[ast.AST]) -> set[str]:
    """Names that statements bind in their own scope, but by an import."""
    found, released = set(), set()
    pending: list[Any] = list(statements)
    while pending:
        node = pending.pop()
        if isinstance(node, FUNCTION | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        elif isinstance(node, ast.Global):
            released.update(node.names)
        if isinstance(node, COMPREHENSION):
            # What runs through it is its own; only `:=` binds outside of it.
            pending += [n.target for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
        else:
            pending += ast.iter_child_nodes(node)
    return found - released


def _uses(node: ast.AST, bound: frozenset[str]) -> Iterator[str]:
    """Names that are read of a tree and not bound in it, with their attributes."""
    if isinstance(node, ast.Name):
        if node.id not in bound and not isinstance(node.ctx, ast.Store):
            yield node.id
    elif isinstance(node, ast.Attribute):
        chain: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            chain.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            if inner.id not in bound:
                yield ".".join([inner.id, *reversed(chain)])
        else:
            yield from _uses(inner, bound)
    elif isinstance(node, FUNCTION | ast.Lambda):
        arguments = node.args
        outside = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        outside += getattr(node, "decorator_list", [])
        for part in outside:
            yield from _uses(part, bound)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += filter(None, (arguments.vararg, arguments.kwarg))
        body = node.body if isinstance(node.body, list) else [node.body]
        inside = bound | {each.arg for each in every} | _bound(body)
        # What is declared global is no local; what is imported too stands for what it imports.
        inside -= {name for each in body for name in _declared(each)}
        inside -= set(_imports(node for each in body for node in _outside(each))[0])
        for each in body:
            yield from _uses(each, inside)
    elif isinstance(node, COMPREHENSION):
        inside = bound | {name for each in node.generators for name in _bound([each.target])}
        yield from _uses(node.generators[0].iter, bound)
        for number, run in enumerate(node.generators):
            for part in run.ifs if number == 0 else [run.iter, *run.ifs]:
                yield from _uses(part, inside)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in parts:
            yield from _uses(part, inside)
    elif isinstance(node, ast.AnnAssign):
        # What an annotation names decides nothing; that of a field is in the text.
        yield from _uses(node.target, bound)
        if node.value:
            yield from _uses(node.value, bound)
    elif not isinstance(node, ast.Import | ast.ImportFrom):
        for child in ast.iter_child_nodes(node):
            yield from _uses(child, bound)


def _declared(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Global):
        yield from node.names
    elif not isinstance(node, SCOPE):
        for each in ast.iter_child_nodes(node):
            yield from _declared(each)


def _canonical(node: Any, inside: bool, quiet: bool) -> str:
    """Text of a tree that is the same in every version of Python, whatever its layout.

    `inside` a function annotations do not count; where `quiet`, strings do not.
    """
    if isinstance(node, list):
        return f"[{''.join(_canonical(each, inside, quiet) for each in node)}]"
    if not isinstance(node, ast.AST):
        return f"<{type(node).__name__} {node!a}>"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "<text>" if quiet else f"<str {node.value!a}>"
    if isinstance(node, ast.JoinedStr):
        return f"<text {''.join(_joined(node.values, inside, quiet))}>"
    if _told(node):
        quiet = True
    skipped = {"ctx", "kind", "type_comment", "type_params", "returns"}
    if isinstance(node, ast.arg) or (isinstance(node, ast.AnnAssign) and inside):
        skipped.add("annotation")
    fields = {name: getattr(node, name, None) for name in node._fields if name not in skipped}
    if isinstance(node, FUNCTION | ast.ClassDef):
        fields["body"] = _without_docstring(node.body)
        inside = not isinstance(node, ast.ClassDef)
    parts = (f"{name}={_canonical(value, inside, quiet)}" for name, value in fields.items())
    return f"{type(node).__name__}({' '.join(parts)})"


def _joined(values: list[ast.expr], inside: bool, quiet: bool) -> Iterator[str]:
    """Parts of a formatted string; text that stands together is one, however it is written."""
    text = ""
    for value in values:
        if isinstance(value, ast.Constant):
            text += "" if quiet else str(value.value)
            continue
        if text:
            yield ascii(text)
        text = ""
        yield _canonical(value, inside, quiet)
    if text:
        yield ascii(text)


def _told(node: ast.AST) -> bool:
    """Whether a statement only tells something: an error for the user, or a line of the log."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return isinstance(node.exc.func, ast.Name) and node.exc.func.id == "UserError"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return isinstance(node.value.func, ast.Attribute) and _root(node.value.func) == "log"
    return False


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return body[1:] if isinstance(first.value.value, str) else body
    return body
