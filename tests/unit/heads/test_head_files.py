"""A head that is read again scores as it did."""

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.heads.head_files import read_head
from anurans.heads.keras_files import save_head
from anurans.heads.recipes import Recipe
from anurans.heads.training import build_head

HIDDEN = ({"units": 5, "activation": "relu", "dropout": 0.3, "l1": 0.0, "l2": 0.1},) * 2


@pytest.mark.parametrize("layers", [(), HIDDEN])
@pytest.mark.parametrize("standardized", [True, False])
def test_a_head_is_read_as_it_was_written(tmp_path, layers, standardized):
    rng = np.random.default_rng(1)
    scale = np.stack([rng.normal(size=8), rng.uniform(0.1, 3, 8)]).astype(np.float32)
    head = build_head(
        Recipe(layers, dropout=0.2),
        8,
        np.zeros((4, 3), dtype=bool),
        scale if standardized else None,
        seed=4,
    )
    save_head(head, tmp_path / "head.keras")
    embeddings = rng.normal(size=(20, 8)).astype(np.float16)
    assert np.array_equal(read_head(tmp_path / "head.keras")(embeddings), head(embeddings))


def test_another_file_is_refused(tmp_path):
    (tmp_path / "head.keras").write_text("no head")
    with pytest.raises(UserError, match="is not a head of this workflow"):
        read_head(tmp_path / "head.keras")
