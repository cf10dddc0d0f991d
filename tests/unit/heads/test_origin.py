"""How a head was made is kept in its file, which Keras reads as before."""

import keras
import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.heads.origin import add_made, read_made


def test_a_head_says_how_it_was_made_and_still_loads(tmp_path):
    path = tmp_path / "head.keras"
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    model.save(path)
    add_made(path, {"seconds": 1.5, "machine": {"cores": 2}})
    assert read_made(path) == {"seconds": 1.5, "machine": {"cores": 2}}
    again = keras.saving.load_model(path)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        assert (np.asarray(one) == np.asarray(other)).all()


@pytest.mark.parametrize("content", [b"", b"not a zip archive"])
def test_a_file_that_does_not_say_is_named(tmp_path, content):
    path = tmp_path / "head.keras"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"head\.keras: does not say how it was made.*Delete it"):
        read_made(path)
