"""Jobs, numbers and times in the words of a user."""

from collections import Counter
from collections.abc import Iterable, Sequence

from anurans.common.rule_facts import RULES, facts_of


def species_title(code: str, name: str) -> str:
    """Name a species where there is room for name and code; a name may be missing.

    Examples
    --------
    >>> species_title("BOAALB", "Boana albopunctata"), species_title("BOAALB", "")
    ('Boana albopunctata (BOAALB)', 'BOAALB')
    """
    return f"{name} ({code})" if name else code


def name_jobs(rules: Iterable[str]) -> str:
    """Count the jobs of rules in words, in the order of the work: "2 label jobs and 1 training"."""
    counts = Counter(facts_of(rule).noun for rule in rules)
    known = [facts.noun for facts in RULES.values()]
    order = sorted(counts, key=lambda noun: known.index(noun) if noun in known else len(known))
    return listed(
        one if many is None else f"{counts[one, many]} {one if counts[one, many] == 1 else many}"
        for one, many in order
    )


def round_time(seconds: float) -> str:
    """Say about how long that is.

    Examples
    --------
    >>> round_time(4000)
    'about 65 minutes'
    """
    if seconds < 5:
        return "a few seconds"
    if seconds < 57.5:
        return f"about {5 * round(seconds / 5)} seconds"
    minutes = seconds / 60
    if minutes < 90:
        step = 1 if minutes < 20 else 5
        return f"about {counted(step * round(minutes / step), 'minute')}"
    hours = minutes / 60
    if hours < 36:
        return f"about {round(2 * hours) / 2 if hours < 5 else round(hours):g} hours"
    return f"about {round(2 * hours / 24) / 2:g} days"


def listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def counted(n: int, what: str) -> str:
    """Say how many there are of something, with an s unless it is one."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def ranged(numbers: Sequence[int], what: str) -> str:
    """Say how many there are of something in each of several places."""
    low, high = min(numbers), max(numbers)
    return counted(low, what) if low == high else f"{low} to {counted(high, what)}"


def have(n: int) -> str:
    return "has" if n == 1 else "have"


def be(n: int) -> str:
    return "is" if n == 1 else "are"
