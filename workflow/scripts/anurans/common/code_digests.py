"""Digest of the code that a job uses, so that a job is outdated just when that changed."""

import hashlib
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from anurans.common import definitions
from anurans.common.definitions import Binding, Definitions, Unit, read_definitions

_OWN = Path(__file__).read_bytes() + Path(definitions.__file__).read_bytes()


class Code:
    """Scripts, and the library that they import, as they are when they are first looked at.

    From the statements that a script runs, names are followed to their definitions, through imports
    and from one definition to the next. Statements of a module that define nothing count wherever
    it is imported. A module that is used otherwise than by a name in it counts whole. What of a
    definition counts, `read_definitions` says.

    Parameters
    ----------
    home
        Folder of the scripts, which holds the library.
    """

    def __init__(self, home: str | Path) -> None:
        self.home = Path(home).resolve()
        self._paths: dict[str, str] = {}
        self._modules: dict[str, Module] = {}
        pending = [(str(self.home), "")]
        while pending:
            folder, above = pending.pop()
            for entry in os.scandir(folder):
                name, _, ending = entry.name.partition(".")
                if ending == "py":
                    named = above[:-1] if name == "__init__" else above + name
                    self._paths[named] = entry.path
                elif not ending and entry.is_dir():
                    pending.append((entry.path, f"{above}{name}."))

    def digest(self, *scripts: str | Path) -> str:
        """Digest of what scripts use, by their paths below the folder: 16 hexadecimal digits.

        Of a module of the library everything counts.
        """
        digest = hashlib.sha256()
        for line in sorted(module.line(number) for module, number in self._reached(scripts)):
            digest.update(f"{line}\n".encode())
        return digest.hexdigest()[:16]

    def used(self, *scripts: str | Path) -> dict[str, set[str]]:
        """Names of the definitions that scripts use, by module; a script is a module too."""
        found: dict[str, set[str]] = {}
        for module, number in self._reached(scripts):
            found.setdefault(module.name, set()).update(module.units[number].names)
        return found

    def find(self, name: str) -> "Module | None":
        """A module by its dotted name; None where it is none of these."""
        if name not in self._paths:
            return None
        if name not in self._modules:
            self._modules[name] = Module(self, name, Path(self._paths[name]))
        return self._modules[name]

    def _reached(self, scripts: Iterable[str | Path]) -> "set[Place]":
        """Units that scripts use."""
        found: set[Place] = set()
        pending: list[Place] = []
        for script in scripts:
            path = (self.home / script).resolve().relative_to(self.home).with_suffix("")
            module = self.find(".".join(path.parts))
            if module is None:
                raise FileNotFoundError(f"{self.home / script}")
            pending += module.all() if len(path.parts) > 1 else module.run()
        while pending:
            place = pending.pop()
            if place not in found:
                found.add(place)
                pending += place[0].next(place[1])
        return found


class Module:
    """A file: its units, and what each leads to."""

    def __init__(self, code: Code, name: str, path: Path) -> None:
        read = _read(path)
        self.code, self.name = code, name
        self.imports, self.stars, self.units = read.imports, read.stars, read.units
        self.where = {name: at for at, unit in enumerate(self.units) for name in unit.names}
        self._next: dict[int, list[Place]] = {}
        self._lines: dict[int, str] = {}
        self._run: list[Place] | None = None
        self._imported: list[Module] | None = None

    def all(self) -> "list[Place]":
        """Every unit, and what runs where the file is imported."""
        return [*((self, at) for at in range(len(self.units))), *self.run()]

    def run(self) -> "list[Place]":
        """Statements that run where the file is imported, in it and in what it imports."""
        if self._run is None:
            seen, pending, found = {self.name}, [self], []
            while pending:
                module = pending.pop()
                found += [(module, at) for at, unit in enumerate(module.units) if unit.runs]
                for other in module.imports_at_once():
                    if other.name not in seen:
                        seen.add(other.name)
                        pending.append(other)
                for star in filter(None, map(self.code.find, module.stars)):
                    found += ((star, at) for at in range(len(star.units)))
            self._run = found
        return self._run

    def imports_at_once(self) -> "list[Module]":
        """Modules that are imported as this one is."""
        if self._imported is None:
            self._imported = list(
                {m.name: m for m in self.imported(self.imports.values())}.values()
            )
        return self._imported

    def imported(self, bindings: Iterable[Binding]) -> "Iterator[Module]":
        """Files of the library, and beside the script, that are imported."""
        for module, name in bindings:
            inner = name and self.code.find(f"{module}.{name}")
            if found := inner or self.code.find(module):
                yield found

    def next(self, number: int) -> "list[Place]":
        """Units that a unit leads to."""
        if number not in self._next:
            unit, led = self.units[number], []
            found: dict[Place, None] = {}
            for use in unit.uses:
                words, places = self._follow(use, unit)
                found |= dict.fromkeys(places)
                led.append(f"{use}={words}")
            for module in self.imported(unit.imports.values()):
                found |= dict.fromkeys(module.run())
            self._next[number] = list(found)
            self._lines[number] = " ".join([self.name, *unit.names, unit.text, *led])
        return self._next[number]

    def line(self, number: int) -> str:
        """What of a unit is digested: itself, and where its names lead."""
        self.next(number)
        return self._lines[number]

    def _follow(self, use: str, unit: Unit) -> "tuple[str, list[Place]]":
        """Follow a name and its attributes to what it stands for, in words and as units."""
        first, *rest = use.split(".")
        if first in unit.imports:
            return self._bound(unit.imports[first], rest)
        return self._named(first, rest)

    def _named(self, name: str, rest: list[str]) -> "tuple[str, list[Place]]":
        """Follow a name of this file."""
        if name in self.where:
            return f"{self.name}:{name}", [(self, self.where[name])]
        if name in self.imports:
            return self._bound(self.imports[name], rest)
        if inner := self.code.find(f"{self.name}.{name}"):
            return inner._whole(rest)
        return "", []

    def _bound(self, binding: Binding, rest: list[str]) -> "tuple[str, list[Place]]":
        """Follow what an import binds."""
        module, name = binding
        if inner := self.code.find(f"{module}.{name}" if name else module):
            return inner._whole(rest)
        if name and (found := self.code.find(module)):
            return found._named(name, rest)
        return f"{module}.{name or ''}", []

    def _whole(self, rest: list[str]) -> "tuple[str, list[Place]]":
        """Follow an attribute of this file; without one, all of it counts."""
        return self._named(rest[0], rest[1:]) if rest else (self.name, self.all())


Place = tuple[Module, int]


def _read(path: Path) -> Definitions:
    """Definitions of a file.

    Kept beside what Python keeps of it, and found by all that the answer depends on: to read the
    whole library anew takes as long as all else that is done when the workflow is parsed.
    """
    source = path.read_bytes()
    key = hashlib.sha256(_OWN + source).hexdigest()
    kept = Path(cache_from_source(str(path))).with_suffix(".code")
    with suppress(OSError, ValueError, TypeError, AttributeError):
        found, imports, stars, units = json.loads(kept.read_bytes())
        if found == key:
            return Definitions(_bindings(imports), stars, [_unit(*unit) for unit in units])
    # As open() reads text: with line ends of one kind.
    decoded = io.TextIOWrapper(io.BytesIO(source), encoding="utf-8").read()
    read = read_definitions(decoded, str(path))
    units = [[u.names, u.text, u.uses, u.imports, u.runs] for u in read.units]
    _keep(kept, json.dumps([key, read.imports, read.stars, units]))
    return read


def _unit(names, text, uses, imports, runs) -> Unit:
    return Unit(names, text, uses, _bindings(imports), runs)


def _bindings(imports) -> dict[str, Binding]:
    return {name: (module, of) for name, (module, of) in imports.items()}


def _keep(path: Path, text: str) -> None:
    """Write a file that may be missing, where one can."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(text, encoding="utf-8")
            partial.replace(path)
