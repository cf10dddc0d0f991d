"""Colours of figures and pages: one for each species, the same wherever it is shown.

Without matplotlib, so that pages can have them.
"""

# Okabe & Ito (2008), Color Universal Design: told apart by the colour-blind. Without yellow, which
# is lost on white. A marker goes with each, for print in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
GREY = "#767676"
# Where colours come again, another shape: square, circle, triangle, diamond.
MARKS = "\N{BLACK SQUARE}\N{BLACK CIRCLE}\N{BLACK UP-POINTING TRIANGLE}\N{BLACK DIAMOND}"
# How much of a colour is left in white, and the darkest end, how much of it is left in black.
TINTS, DARK = (0.08, 0.5, 1.0), 0.3


def species_colour(number: int) -> str:
    """Colour of species `number` of the config, from 0; after seven they come again.

    Examples
    --------
    >>> species_colour(0), species_colour(7)
    ('#0072B2', '#0072B2')
    """
    return COLOURS[number % len(COLOURS)]


def species_mark(number: int) -> str:
    """Shape of species `number` of the config, from 0; with its colour, its own up to 28 species.

    Examples
    --------
    >>> species_mark(0), species_mark(7), species_mark(20)
    ('■', '●', '▲')
    """
    return MARKS[number // len(COLOURS) % len(MARKS)]


def species_marks(count: int) -> list[tuple[str, str]]:
    """Colour and shape of so many species, in the order of the config."""
    return [(species_colour(number), species_mark(number)) for number in range(count)]


def shades(colour: str) -> list[str]:
    """Shades of a colour, from hardly seen on white to dark, in even steps: read in grey too.

    Examples
    --------
    >>> shades("#0072B2")
    ['#EBF4F9', '#80B8D8', '#0072B2', '#002235']
    >>> shades("#000000")
    ['#EBEBEB', '#808080', '#000000', '#000000']
    """
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    mixed = [[255 - left * (255 - part) for part in parts] for left in TINTS]
    mixed.append([DARK * part for part in parts])
    return ["#" + "".join(f"{round(part):02X}" for part in each) for each in mixed]
