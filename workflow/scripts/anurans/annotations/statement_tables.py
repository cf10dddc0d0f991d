"""The tables of statements that a config names: `annotations.partial`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from anurans.annotations.formats import LISTENED, Annotation, Problem, Reading
from anurans.annotations.statements import read_statements, stated
from anurans.common.errors import UserError


class StatementTables:
    """Tables of what somebody listened to, and where species are present or absent.

    Parameters
    ----------
    paths
        The tables, read when they are first asked for.
    species
        The configured species.
    labels
        Species of each other text that stands for one, as `plain_label` writes it.
    resolve
        Gives the recording that a name in a table means, or None.
    check
        Refuses what is wrong: it is given each table and its problems.
    judge_chosen
        Whether models are judged by clips that were chosen as well.

    Raises
    ------
    UserError
        If a table does not exist.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        species: Collection[str],
        labels: Mapping[str, str],
        resolve: Callable[[str], str | None],
        check: Callable[[Path, Sequence[Problem]], None],
        judge_chosen: bool = False,
    ) -> None:
        self._judge_chosen = judge_chosen
        self.paths, self._species, self._resolve, self._check = paths, species, resolve, check
        self._labels = {text: name for text, name in labels.items() if name != LISTENED}
        for path in paths:
            if not path.is_file():
                raise UserError(
                    f"annotations.partial: {path} does not exist; expected a table with the "
                    "columns recording, start, end, species and answer (docs/annotations.md)."
                )

    @cached_property
    def readings(self) -> list[tuple[Path, Reading]]:
        """What each table holds."""
        found = []
        for path in self.paths:
            try:
                data = path.read_bytes()
            except OSError as error:
                what = error.strerror or str(error)
                problem = Problem(str(path), 1, what, "a file that can be read", whole=True)
                reading = Reading(problems=[problem])
            else:
                reading = read_statements(
                    *(data, str(path), self._species, self._resolve, self._labels),
                    self._judge_chosen,
                )
            self._check(path, reading.problems)
            found.append((path, reading))
        return found

    @cached_property
    def _files(self) -> dict[str, dict[Annotation, str]]:
        found: dict[str, dict[Annotation, str]] = {}
        for path, reading in self.readings:
            for recording, statements in reading.annotations.items():
                for each in statements:
                    found.setdefault(recording, {}).setdefault(each, str(path))
        return found

    @cached_property
    def files(self) -> dict[tuple[str, Annotation], str]:
        """File of each statement, by recording; the first of several that say the same."""
        return {(name, each): file for name, of in self._files.items() for each, file in of.items()}

    @property
    def recordings(self) -> list[str]:
        """Those that there are statements of, sorted."""
        return sorted(self._files)

    def of(self, recording: str) -> list[Annotation]:
        """Statements of a recording about species of the config, each once."""
        return [each for each in self._files.get(recording, ()) if self._is_ours(each)]

    def _is_ours(self, statement: Annotation) -> bool:
        said = stated(statement.species)
        return said is not None and (said[1] in self._species or not said[1])
