"""What is told of a site."""

import pytest

from anurans.common.errors import UserError
from anurans.exports.coordinates import Published
from anurans.exports.histories import survey
from anurans.exports.site_counts import Effort
from anurans.exports.site_rows import own_columns, read_own, site_rows


@pytest.fixture
def sites(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("site,latitude,longitude,habitat,utm_x\nPOND,-22.8,-47.1,forest,281000\n")
    return str(path)


def test_all_columns_are_told_where_no_species_is_sensitive(sites):
    assert own_columns(sites, None, False) == ["habitat", "utm_x"]
    assert own_columns("", None, False) == []
    assert read_own(sites, ["habitat"]) == {"POND": {"habitat": "forest"}}


def test_where_one_is_only_those_that_are_named(sites):
    assert own_columns(sites, None, True) == []
    assert own_columns(sites, ["habitat"], True) == ["habitat"]


@pytest.mark.fault(
    "Exports",
    "`export.site_columns` names a column that the table of sites does not have",
    sees="has no column slope; found habitat, utm_x",
    kept="no detection history and no data package is written",
)
def test_a_column_that_is_not_there_is_refused(sites, sees):
    with pytest.raises(UserError, match=sees):
        own_columns(sites, ["slope"], False)


def test_sites_stand_in_the_order_of_histories():
    efforts = {
        ("POND", "2021-02-10", "20", ""): Effort(1, 2.0, None),
        ("POND", "2021-02-12", "20", ""): Effort(1, 1.5, None),
        ("MARSH", "2021-02-12", "20", ""): Effort(1, 1.0, None),
    }
    places = {"POND": Published(-22.85, -47.05, 7600, 0.1)}
    marsh, pond = site_rows(survey(efforts, "week"), places, {"POND": {"habitat": ""}}, ["habitat"])
    assert marsh["site"] == "MARSH" and marsh["latitude"] == marsh["habitat"] == "NA"
    assert pond == {
        "site": "POND",
        "latitude": "-22.850000",
        "longitude": "-47.050000",
        "coordinate_uncertainty": 7600,
        "first_night": "2021-02-10",
        "last_night": "2021-02-12",
        "nights": 2,
        "minutes": "3.500",
        "habitat": "NA",
    }
