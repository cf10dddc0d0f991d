"""Names of sites."""

import pytest

from anurans.common.errors import UserError
from anurans.recordings.sites import refuse_unknown


@pytest.mark.fault(
    "Downloads",
    "a download target for an unknown site",
    sees="AnuraSet's sites are INCT4, INCT17, INCT20955, INCT41: download_inct4",
    kept="nothing starts",
)
def test_the_known_sites_and_targets_are_named(sees):
    with pytest.raises(UserError) as caught:
        refuse_unknown("inct5")
    assert sees in str(caught.value)
    assert "nothing called inct5" in str(caught.value)
