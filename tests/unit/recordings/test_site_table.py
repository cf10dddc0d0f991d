"""Where sites are."""

import pytest

from anurans.common.errors import UserError
from anurans.recordings.site_table import Place, read_sites


def test_a_table_of_sites(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("site,latitude,longitude,note\nA,-23.5,-46.25,pond\nB,0,180,\n")
    assert read_sites(str(path)) == {"A": Place(-23.5, -46.25), "B": Place(0.0, 180.0)}


@pytest.mark.fault(
    "Recordings",
    "a table of sites with a coordinate that is not a number of degrees",
    sees="line 2: latitude is '-23,5'; expected degrees from -90 to 90, as -23.55.",
    kept="nothing starts",
)
def test_mistakes_are_told_at_once(tmp_path, sees):
    path = tmp_path / "sites.tsv"
    rows = "A\t-23,5\t1\nB\t1\t181\nC\t0\t0\nC\t0\t0\n\t1\t1\n"
    path.write_text(f"site\tlatitude\tlongitude\n{rows}")
    with pytest.raises(UserError) as caught:
        read_sites(str(path))
    message = str(caught.value)
    assert sees in message
    for told in ("line 3: longitude is '181'", "line 5: site C stands", "line 6: site is empty"):
        assert told in message


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match=r"sites: .* is not a file; expected a .csv or .tsv table"):
        read_sites(str(tmp_path / "gone.csv"))
