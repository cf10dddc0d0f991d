"""What makes a job outdated: the code that it uses, and nothing else."""

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from anurans.common.code_digests import Code

SCRIPTS = Path(__file__).parents[3] / "workflow/scripts"
MAIN = '''"""Says hello."""

import os

from anurans.low import other
from anurans.low.one import hello  # what says it
from beside import BESIDE


def main():
    """Say it."""
    text = f"""first

third {os.name}"""
    return hello(text, other.OTHER, BESIDE)


def unused():
    return other.spare()


main()
'''
ONE = '''import anurans.low.two
from anurans.errors import UserError, log
from anurans.low.kinds import Kind
from anurans.low.names import again as renamed

LIMIT: int = 3
TABLE = {"a": 1}
TABLE["b"] = 2
TABLE |= {"c": 3}
UNUSED = 4


def hello(x: int, *rest: "str") -> str:
    """Say hello."""
    from anurans.late import late

    if x == 7:
        late = None
    kinds: list[int] = [kind for kind in rest]
    if x is None:
        raise UserError(f"{x} is wrong, as {LIMIT} is: " + "more")
    log.info("%s is said", x)
    spare = 1
    return anurans.low.two.TWO, Kind, TABLE, kinds, spare, late, renamed


def spare():
    return UNUSED
'''
KINDS = '''from dataclasses import dataclass

from anurans.low.two import Base


@dataclass(frozen=True)
class Kind(Base):
    """A kind."""

    size: int = 1

    def told(self) -> str:
        """Tell it."""
        return "told"
'''
# What versions of Python see in different ways: strings over several lines, and within others.
STRINGS = '''"""Module."""
WORD = "蛙\\x0c"  # comment


def told(a, b):
    """Say it."""
    text = (
        "one"
        f"{a['k']!r:>{b}} # no comment"

        "two"
    )
    return text, f"""{a}

  {a.get("x # y", 'z')} \\x20
"""   # comment
'''
JOINED = 'TEXT = (\n    "one"  # why\n    # because\n\n    f"two {1}"\n)\n'
FILES = {
    "main.py": MAIN,
    "beside.py": "BESIDE = 1\nELSE = 2\n",
    "anurans/__init__.py": "",
    "anurans/errors.py": "import logging\n\n\nclass UserError(Exception):\n    code = 1\n\n\n"
    'log = logging.getLogger("x")\n',
    "anurans/late.py": "from anurans import joined\n\n\ndef late():\n    return joined\n",
    "anurans/joined.py": JOINED,
    "anurans/unused.py": "UNUSED = 1\n",
    "anurans/low/__init__.py": "",
    "anurans/low/one.py": ONE,
    "anurans/low/two.py": "TWO = '#2'\nELSE = 1\n\n\nclass Base:\n    pass\n",
    "anurans/low/kinds.py": KINDS,
    "anurans/low/names.py": "from anurans.low.odd import CODE as again\nspare = 7\n",
    "anurans/low/other.py": "# nothing but a comment\nimport os\n\nOTHER = 1\n"
    'os.environ["X"] = "1"\n\n\ndef spare():\n    return 2\n',
    # Characters that Python does not end a line at, but str.splitlines does.
    "anurans/low/odd.py": 'A = "\u2028\x0c"\nCODE = 1\nB = 2 # why\n',
}


@pytest.fixture
def edited(tmp_path):
    """Give a function that digests main.py, with some files edited."""
    numbers = iter(range(1000))

    def digest(**edits):
        place = tmp_path / str(next(numbers))
        for name, text in FILES.items():
            old, new = edits.get(Path(name).stem, ("", ""))
            assert old in text
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
        return Code(place).digest("main.py")

    return digest


def test_a_digest_is_16_digits(edited):
    assert len(edited()) == 16
    assert int(edited(), 16)


@pytest.mark.parametrize(
    "edits",
    [
        {"main": ("  # what says it", "")},
        {"main": ("# what says it", "# é蛙 # twice")},
        {"main": ('"""Says hello."""\n\n', "")},
        {"main": ('"""Says hello."""', '"""Says\n\nmuch more. # not a comment\n"""')},
        {"main": ('    """Say it."""\n', "")},
        {"main": ('"""Say it."""', "'''Ñandú 蛙\n\n    says it.'''  # then")},
        {"main": ("import os\n\n", "import os\n")},
        {"main": ("\n\ndef main", "\n\n\n\n# a line\ndef main")},
        {"main": ("import os\n", "import os   \n")},
        {"main": ("hello(text,", "hello(\n        text,")},
        # Definitions that the script does not use.
        {"main": ("return other.spare()", "return 5")},
        {"beside": ("ELSE = 2", "ELSE = 3")},
        {"two": ("ELSE = 1", "ELSE = 2")},
        {"one": ("UNUSED = 4", "UNUSED = 5")},
        {"one": ("def spare():", "def spare(x):")},
        {"other": ("return 2", "return 3")},
        # Not those of this name: a variable within a function.
        {"names": ("spare = 7", "spare = 8")},
        {"odd": ("B = 2", "B = 3")},
        {"unused": ("1", "2")},
        # What only people read.
        {"one": ("is wrong, as", "is not right, as")},
        {"one": ('"more"', '"less"')},
        {"one": ("%s is said", "it is said: %s")},
        {"one": ('x: int, *rest: "str") -> str', "x, *rest) -> Kind")},
        {"one": ("kinds: list[int] =", "kinds: list =")},
        {"kinds": ('        """Tell it."""\n', "")},
        {"kinds": (") -> str", ")")},
        {"two": ("TWO", "# a comment\n\nTWO")},
        {"other": ("# nothing but a comment\n", "")},
        {"joined": ("  # why", "")},
        {"joined": ("    # because\n", "")},
        {"joined": ("\n\n", "\n")},
        {"odd": ("# why", "# why not")},
    ],
)
def test_edits_that_change_nothing(edited, edits):
    assert edited(**edits) == edited()


@pytest.mark.parametrize(
    "edits",
    [
        {"main": ("return", "yield")},
        {"main": ("first\n\nthird", "first\n\n\nthird")},
        {"main": ("first\n\nthird", "first\nthird")},
        {"main": ("first\n", "first # not a comment\n")},
        {"main": ("first\n", "first \n")},
        {"main": ("import os\n", "import posixpath as os\n")},
        {"one": ("anurans.low.two.TWO, Kind", "Kind, anurans.low.two.TWO")},
        {"one": ("hello(x: int,", "hello(x: int = 0,")},
        {"one": ("{LIMIT}", "{TABLE}")},
        {"one": ("LIMIT: int = 3", "LIMIT: int = 4")},
        {"one": ("if x is None", "if x is not None")},
        {"one": ("log.info(", "print(")},
        # All that changes a constant.
        {"one": ('"a": 1', '"a": 2')},
        {"one": ('TABLE["b"] = 2', 'TABLE["b"] = 3')},
        {"one": ('{"c": 3}', "{}")},
        {"two": ("#2", "#3")},
        # A class as a whole: its bases, fields, decorators, methods.
        {"two": ("    pass", "    x = 1")},
        {"kinds": ("frozen=True", "frozen=False")},
        {"kinds": ("size: int", "size: str")},
        {"kinds": ("size: int = 1", "size: int = 2")},
        {"kinds": ('"told"', '"tells"')},
        {"errors": ("code = 1", "code = 2")},
        # Through an import within a function, a name given anew, a module that is used whole.
        {"late": ("return joined", "return joined, 1")},
        {"joined": ("two", "three")},
        {"names": ("odd import CODE", "odd import B")},
        {"odd": ("CODE = 1", "CODE = 2")},
        # What runs wherever a module is imported.
        {"other": ('"X"] = "1"', '"X"] = "2"')},
        {"odd": ("B = 2", "B = 2\nprint(B)")},
        {"beside": ("BESIDE = 1", "BESIDE = 2")},
        {"other": ("OTHER = 1", "OTHER = 2")},
    ],
)
def test_edits_of_code(edited, edits):
    assert edited(**edits) != edited()


def test_what_a_script_uses_is_told_by_module(edited, tmp_path):
    edited()
    found = Code(tmp_path / "0").used("main.py")
    assert found["main"] == {"main"}
    assert found["anurans.low.one"] == {"hello", "LIMIT", "TABLE"}
    assert found["anurans.low.two"] == {"TWO", "Base"}
    assert found["anurans.joined"] == {"TEXT"}
    # Of a module that is only imported, what runs then.
    assert found["anurans.low.other"] == {"OTHER"}
    assert "anurans.unused" not in found


def test_indentation_counts(tmp_path):
    digests = []
    for number, indent in enumerate(("", "    ")):
        path = tmp_path / f"{number}/main.py"
        path.parent.mkdir()
        path.write_text(f"if False:\n    a = 1\n{indent}b = 2\n")
        digests.append(Code(path.parent).digest("main.py"))
    assert digests[0] != digests[1]


def test_times_do_not_count_but_an_edit_is_noticed(tmp_path):
    path = tmp_path / "main.py"
    path.write_text("print(1)\n")
    first = Code(tmp_path).digest("main.py")
    os.utime(path, (1, 1))
    assert Code(tmp_path).digest("main.py") == first
    path.write_text("print(2)\n")
    assert Code(tmp_path).digest("main.py") != first


def test_several_files_count_once_and_in_any_order(edited, tmp_path):
    edited()
    code = Code(tmp_path / "0")
    two, unused = "anurans/low/kinds.py", "anurans/unused.py"
    one = code.digest("main.py")
    assert code.digest(two, "main.py") == code.digest("main.py", two) == one
    assert code.digest("main.py", unused) != one


def test_modules_may_import_in_a_circle(tmp_path):
    (tmp_path / "anurans").mkdir()
    (tmp_path / "anurans/__init__.py").touch()
    (tmp_path / "anurans/a.py").write_text("from anurans import b\n\n\ndef f():\n    return b\n")
    (tmp_path / "anurans/b.py").write_text("import anurans.a\nB = anurans.a\n")
    code = Code(tmp_path)
    assert code.digest("anurans/a.py") == code.digest("anurans/b.py")


def test_every_script_has_a_digest():
    code = Code(SCRIPTS)
    scripts = [path.name for path in sorted(SCRIPTS.glob("*.py"))]
    assert len({code.digest(script) for script in scripts}) == len(scripts)


def test_imports_are_all_seen():
    """A digest follows `import x` and `from x import y`, and nothing else."""
    for path in SCRIPTS.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert path.name != "__init__.py" or not text
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                assert not node.level, path
                assert node.names[0].name != "*", path
            elif isinstance(node, ast.Import):
                assert not [a for a in node.names if a.name.startswith("anurans")], path
            elif isinstance(node, ast.Name | ast.Attribute):
                called = node.id if isinstance(node, ast.Name) else node.attr
                assert called not in ("import_module", "__import__", "exec", "runpy"), path


def interpreter(version):
    """A working Python of that version, or None: one of the path, of pyenv or of uv."""
    home = Path.home()
    found = [
        shutil.which(f"python{version}"),
        *home.glob(f".pyenv/versions/{version}.*/bin/python{version}"),
        *home.glob(f".local/share/uv/python/cpython-{version}.*/bin/python{version}"),
    ]
    for python in filter(None, found):  # pyenv puts names in the path that may not work
        if not subprocess.run([python, "-c", ""], capture_output=True).returncode:
            return python
    return None


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_python_gives_the_same(version, tmp_path):
    python = interpreter(version)
    if not python:
        pytest.skip(f"there is no Python {version} here")
    (tmp_path / "strings.py").write_text(STRINGS, encoding="utf-8")
    (tmp_path / "main.py").write_text("from strings import told\n\ntold()\n")
    program = (
        "import json, sys\nfrom anurans.common.code_digests import Code\n"
        "given = [(Code(place), names) for place, names in json.loads(sys.argv[1])]\n"
        "print(*sys.version_info[:2], *(c.digest(name) for c, names in given for name in names))"
    )
    of = [(str(SCRIPTS), [path.name for path in sorted(SCRIPTS.glob("*.py"))])]
    of.append((str(tmp_path), ["main.py"]))
    done = subprocess.run(
        [python, "-c", program, json.dumps(of)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SCRIPTS), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    found = done.stdout.split()
    assert ".".join(found[:2]) == version
    here = [(Code(place), names) for place, names in of]
    assert found[2:] == [code.digest(name) for code, names in here for name in names]


def kept(folder):
    """Files in which what counts of scripts and modules is kept."""
    return sorted(folder.rglob("__pycache__/*.code"))


def test_what_is_kept_is_used_and_never_believed_for_another_text(edited, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    first, main = edited(), tmp_path / "0/main.py"
    files = kept(tmp_path)
    assert len(files) == len(FILES) - 1  # all but the unused module
    monkeypatch.setattr("ast.parse", None)
    assert Code(main.parent).digest(main.name) == first
    monkeypatch.undo()
    # The same size and time, as git and copies may leave them: the text decides.
    times = main.stat()
    main.write_text(main.read_text(encoding="utf-8").replace("return", "yield "), encoding="utf-8")
    os.utime(main, ns=(times.st_atime_ns, times.st_mtime_ns))
    changed = Code(main.parent).digest(main.name)
    assert changed == edited(main=("return", "yield ")) != first


@pytest.mark.parametrize(
    "content", [b"", b"[1, 2", b"{}", b"[1, 2]", b"null", b'["", {}, [], []]', b"\xff"]
)
def test_what_is_kept_may_be_damaged(edited, tmp_path, monkeypatch, content):
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    first = edited()
    for path in kept(tmp_path):
        path.write_bytes(content)
    assert Code(tmp_path / "0").digest("main.py") == first
    assert all(path.read_bytes() != content for path in kept(tmp_path))


def test_nothing_is_kept_where_python_keeps_nothing(edited, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    edited()
    assert not kept(tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", "/dev/null")  # where nothing can be written
    assert len(Code(tmp_path / "0").digest("main.py")) == 16
