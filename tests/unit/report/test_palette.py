"""A species has one colour, which can be told from others and read in grey."""

from itertools import combinations, pairwise

import pytest
from matplotlib.figure import Figure

from anurans.report.figures import name_species
from anurans.report.palette import (
    COLOURS,
    GREY,
    shades,
    species_colour,
    species_mark,
    species_marks,
)


def light(colour):
    """Relative luminance, as WCAG 2 has it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_seven_species_have_seven_colours_and_then_they_come_again_in_another_shape():
    assert len({species_colour(number) for number in range(7)}) == 7
    assert [species_colour(7), species_colour(8)] == list(COLOURS[:2])
    assert len(set(species_marks(28))) == 28
    assert len({mark for _, mark in species_marks(7)}) == 1


def seen_by(colour, matrix):
    """A colour as somebody sees it who lacks a cone (Viénot et al. 1999, linear RGB)."""
    parts = [(int(colour[at : at + 2], 16) / 255) ** 2.2 for at in (1, 3, 5)]
    return [
        max(0.0, sum(w * c for w, c in zip(row, parts, strict=True))) ** (1 / 2.2) for row in matrix
    ]


@pytest.mark.parametrize(
    "matrix",
    [
        ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),  # protanopia
        ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),  # deuteranopia
    ],
)
def test_the_colour_blind_tell_them_apart(matrix):
    for one, other in combinations(COLOURS, 2):
        a, b = (seen_by(each, matrix) for each in (one, other))
        assert sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5 > 0.1, (one, other)


@pytest.mark.parametrize("colour", [*COLOURS, GREY])
def test_shades_darken(colour):
    for lighter, darker in pairwise(shades(colour)):
        assert light(lighter) >= light(darker)
    assert light(shades(colour)[0]) > 0.75 and light(shades(colour)[-1]) < 0.1


def test_a_panel_is_named_by_colour_name_and_code():
    ax = Figure().add_subplot()
    name_species(ax, 1, "PHYCUV", "Physalaemus cuvieri")
    assert (ax.title.get_color(), ax.title.get_text()) == (species_colour(1), species_mark(1))
    title, code = ax.texts
    assert (title.get_text(), title.get_fontstyle()) == ("Physalaemus cuvieri", "italic")
    assert (code.get_text(), code.get_color()) == ("PHYCUV", GREY)
    bare = Figure().add_subplot()
    name_species(bare, 0, "PHYCUV")
    assert [each.get_text() for each in bare.texts] == ["PHYCUV"]
