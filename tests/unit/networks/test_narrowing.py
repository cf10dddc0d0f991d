"""Embeddings are stored in a type that holds them, or not at all."""

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.networks.narrowing import narrow


def test_embeddings_are_brought_to_the_type_that_is_stored():
    batches = [np.full((2, 3, 4), 0.1, np.float32), np.ones((1, 3, 4), np.float32)]
    found = list(narrow(batches, "float16", "a.h5"))
    assert [each.dtype for each in found] == [np.float16] * 2
    assert [each.shape for each in found] == [(2, 3, 4), (1, 3, 4)]


@pytest.mark.filterwarnings("error")
def test_values_that_the_type_cannot_hold_are_told():
    batch = np.array([[1.0, -70000.0]], np.float32)
    assert np.array_equal(next(narrow([batch], "float32", "a.h5")), batch)
    with pytest.raises(UserError, match=r"a.h5: embeddings reach 7e.04, more than float16 holds"):
        next(narrow([batch], "float16", "a.h5"))
