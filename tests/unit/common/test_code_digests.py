"""What makes a job outdated: code, and nothing else."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from anurans import digests
from anurans.digests import code_digest

SCRIPTS = Path(__file__).parents[2] / "workflow/scripts"
MAIN = '''"""Says hello."""

import os

from anurans import other
from anurans.one import hello  # what says it
from beside import BESIDE


def main():
    """Say it."""
    text = f"""first

third {os.name}"""
    return hello(text), other
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

  {a.get("x # y", 'z')} \x20
"""   # comment
'''
JOINED = 'TEXT = (\n    "one"  # why\n    # because\n\n    f"two {1}"\n)\n'
FILES = {
    "main.py": MAIN,
    "beside.py": "BESIDE = 1\n",
    "anurans/__init__.py": "",
    "anurans/one.py": "import anurans.two\n\n\ndef hello(x):\n    return anurans.two.TWO, x\n",
    "anurans/two.py": "TWO = '#2'\n",
    "anurans/other.py": "# nothing but a comment\nOTHER = 1\nimport anurans.joined, anurans.odd\n",
    "anurans/joined.py": JOINED,
    # Characters that Python does not end a line at, but str.splitlines does.
    "anurans/odd.py": 'A = "\u2028\x0c"\nCODE = 1\nB = 2 # why\n',
    "anurans/unused.py": "UNUSED = 1\n",
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
        return code_digest(place / "main.py")

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
        {"two": ("TWO", "# a comment\n\nTWO")},
        {"other": ("# nothing but a comment\n", "")},
        {"joined": ("  # why", "")},
        {"joined": ("    # because\n", "")},
        {"joined": ("\n\n", "\n")},
        {"odd": ("# why", "# why not")},
        {"unused": ("1", "2")},
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
        {"one": ("anurans.two.TWO, x", "x, anurans.two.TWO")},
        {"two": ("#2", "#3")},
        {"beside": ("1", "2")},
        {"other": ("1", "2")},
        {"joined": ("two", "three")},
        {"odd": ("CODE", "CODES")},
    ],
)
def test_edits_of_code(edited, edits):
    assert edited(**edits) != edited()


def test_indentation_counts(tmp_path):
    digests = []
    for number, indent in enumerate(("", "    ")):
        path = tmp_path / f"{number}/main.py"
        path.parent.mkdir()
        path.write_text(f"if False:\n    a = 1\n{indent}b = 2\n")
        digests.append(code_digest(path))
    assert digests[0] != digests[1]


def test_times_do_not_count_but_an_edit_is_noticed(tmp_path):
    path = tmp_path / "main.py"
    path.write_text("a = 1\n")
    first = code_digest(path)
    os.utime(path, (1, 1))
    assert code_digest(path) == first
    path.write_text("a = 2\n")
    assert code_digest(path) != first


def test_several_files_count_once_and_in_any_order(edited, tmp_path):
    edited()
    main, two = tmp_path / "0/main.py", tmp_path / "0/anurans/two.py"
    assert code_digest(two, main) == code_digest(main, two) == code_digest(main)
    unused = tmp_path / "0/anurans/unused.py"
    assert code_digest(main, unused) != code_digest(main)


def test_modules_may_import_in_a_circle(tmp_path):
    (tmp_path / "anurans").mkdir()
    (tmp_path / "anurans/a.py").write_text("from anurans import b\n")
    (tmp_path / "anurans/b.py").write_text("import anurans.a\n")
    assert code_digest(tmp_path / "anurans/a.py") == code_digest(tmp_path / "anurans/b.py")


def test_every_script_has_a_digest():
    scripts = sorted(SCRIPTS.glob("*.py"))
    digests = {code_digest(script) for script in scripts}
    assert len(digests) == len(scripts)


def test_imports_are_all_seen():
    """A digest follows `import x` and `from x import y`, and nothing else."""
    assert not (SCRIPTS / "anurans/__init__.py").read_text()
    for path in SCRIPTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not node.level, path
                assert node.module != "anurans" or node.names[0].name != "*", path
            elif isinstance(node, ast.Import):
                assert "anurans" not in {alias.name for alias in node.names}, path
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
    scripts = [*sorted(map(str, SCRIPTS.glob("*.py"))), str(tmp_path / "strings.py")]
    program = (
        "import sys\nfrom anurans.digests import code_digest\n"
        "print(*sys.version_info[:2], *(code_digest(script) for script in sys.argv[1:]))"
    )
    done = subprocess.run(
        [python, "-c", program, *scripts],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SCRIPTS), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    found = done.stdout.split()
    assert ".".join(found[:2]) == version
    assert found[2:] == [code_digest(script) for script in scripts]


def kept(folder):
    """Files in which what counts of scripts and modules is kept."""
    return sorted(folder.rglob("__pycache__/*.code"))


def again(path):
    """Digest as another process does, which has read nothing yet."""
    digests._read.cache_clear()
    return code_digest(path)


def test_what_is_kept_is_used_and_never_believed_for_another_text(edited, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    first, main = edited(), tmp_path / "0/main.py"
    files = kept(tmp_path)
    assert len(files) == len(FILES) - 2  # all but the unused module and the empty one
    monkeypatch.setattr("ast.parse", None)
    assert again(main) == first
    monkeypatch.undo()
    # The same size and time, as git and copies may leave them: the text decides.
    times = main.stat()
    main.write_text(main.read_text(encoding="utf-8").replace("return", "yield "), encoding="utf-8")
    os.utime(main, ns=(times.st_atime_ns, times.st_mtime_ns))
    changed = again(main)
    assert changed == edited(main=("return", "yield ")) != first


@pytest.mark.parametrize(
    "content", [b"", b"[1, 2", b"{}", b"[1, 2]", b"null", b'["", "", []]', b"\xff"]
)
def test_what_is_kept_may_be_damaged(edited, tmp_path, monkeypatch, content):
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    first = edited()
    for path in kept(tmp_path):
        path.write_bytes(content)
    assert again(tmp_path / "0/main.py") == first
    assert all(path.read_bytes() != content for path in kept(tmp_path))


def test_nothing_is_kept_where_python_keeps_nothing(edited, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    edited()
    assert not kept(tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", "/dev/null")  # where nothing can be written
    assert len(again(tmp_path / "0/main.py")) == 16
