"""Mistakes of users, and lists of them."""

import pytest

from anurans.common.errors import UserError, listing, refuse


def test_a_mistake_says_what_it_was_made_with():
    assert str(UserError("a.csv, line 2: correct it.")) == "a.csv, line 2: correct it."
    assert not issubclass(UserError, ValueError | OSError)


def test_a_mistake_that_was_kept_is_raised_as_it_is():
    kept = UserError("there is no recording")
    with pytest.raises(UserError) as raised:
        refuse(kept)
    assert raised.value is kept


@pytest.mark.parametrize(
    ("items", "most", "lines"),
    [
        ([], 20, [""]),
        (["a"], 20, ["  a"]),
        (["a", "b"], 2, ["  a", "  b"]),
        (["a", "b", "c"], 2, ["  a", "  b", "  ... and 1 more"]),
        ([str(n) for n in range(25)], 20, [*(f"  {n}" for n in range(20)), "  ... and 5 more"]),
    ],
)
def test_a_list_tells_how_many_it_leaves_out(items, most, lines):
    assert listing(items, most).split("\n") == lines
    if most == 20:
        assert listing(items) == listing(items, 20)
