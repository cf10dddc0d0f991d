"""Figures say in words what they show."""

from xml.etree import ElementTree

from matplotlib.lines import Line2D

from anurans.report.figures import headline, name_species, sheet

SVG = "{http://www.w3.org/2000/svg}"


def words(path):
    root = ElementTree.parse(path).getroot()
    assert root.get("role") == "img"
    # First of all that the picture holds, where they are its name.
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    return root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")


def test_an_svg_names_its_panels_axes_and_legend(tmp_path):
    paths = [tmp_path / "a.svg", tmp_path / "a.png"]
    with sheet(paths, 4, 4) as figure:
        headline(figure, "The season & its nights")
        axes = figure.subplots(2, 1, sharex=True)
        name_species(axes[0], 0, "BOAALB", "Boana albopunctata")
        name_species(axes[1], 1, "PHYCUV")
        axes[0].set_ylabel("Share of clips")
        axes[1].set_xlabel("Night")
        figure.legend(handles=[Line2D([], [], label="95 % interval")])
    assert words(paths[0]) == (
        "The season & its nights",
        "2 panels: Boana albopunctata (BOAALB) and PHYCUV. Across: Night. Up: Share of clips. "
        "Shown: 95 % interval.",
    )


def test_a_figure_without_anything_to_say_has_a_title_all_the_same(tmp_path):
    with sheet([tmp_path / "a.svg"], 2, 2) as figure:
        headline(figure, "Nothing recorded")
    assert words(tmp_path / "a.svg") == ("Nothing recorded", "")
