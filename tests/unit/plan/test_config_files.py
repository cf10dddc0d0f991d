"""What only the text of a config file says."""

import pytest

from anurans.common.errors import UserError
from anurans.plan.config_files import refuse_twice


@pytest.mark.fault(
    "Config",
    "a key that is given twice (YAML keeps the second)",
    sees="line 5: recipes.linear.l2, which line 3 gives already",
    kept="nothing starts",
)
def test_a_key_that_stands_twice(tmp_path, sees):
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("recipes:\n  linear:\n    l2: 1\n    epochs: 3\n    l2: 0\nseed: 1\n")
    second.write_text("seed: 2\nlist:\n- {a: 1, a: 2}\n")
    with pytest.raises(UserError) as caught:
        refuse_twice([first, second])
    assert f"{first}, {sees}" in str(caught.value)
    assert f"{second}, line 3: list.a, which line 3 gives already" in str(caught.value)


def test_what_is_given_once_passes(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("base: &b {x: 1}\nother: {<<: *b, y: 2}\nlist: [{x: 1}, {x: 1}]\n")
    refuse_twice([file])
    file.write_text("")
    refuse_twice([file])
