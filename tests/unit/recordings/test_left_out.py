"""Recordings that cannot be used are counted, or refused."""

import pytest

from anurans.common.errors import UserError
from anurans.recordings.left_out import refuse_left_out

ROWS = [
    {"path": "a.wav", "status": "ok", "reason": ""},
    {"path": "b.wav", "status": "quarantined", "reason": "is empty"},
]


def test_those_that_are_left_out_are_counted():
    assert refuse_left_out(ROWS, "quarantine") == 1
    assert refuse_left_out(ROWS[:1], "fail") == 0


@pytest.mark.parametrize(("rows", "on_error"), [(ROWS, "fail"), (ROWS[1:], "quarantine")])
def test_each_is_named_where_none_may_be_or_none_is_left(rows, on_error):
    with pytest.raises(UserError, match=r"b\.wav: is empty"):
        refuse_left_out(rows, on_error)
