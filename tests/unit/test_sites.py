"""Names of sites."""

import pytest

from anurans.errors import UserError
from anurans.sites import refuse_unknown


def test_the_known_sites_and_targets_are_named():
    with pytest.raises(UserError) as caught:
        refuse_unknown("inct5")
    assert "nothing called inct5" in str(caught.value)
    assert "INCT4, INCT17, INCT20955, INCT41: download_inct4, download_inct17" in str(caught.value)
