"""Style of the figures, and what they are drawn with. None depends on when or where it is drawn."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from anurans.annotations.formats import Annotation
from anurans.annotations.labels import cover_clips
from anurans.common.files import whole
from anurans.recordings.clips import ClipTable, parse_intervals
from anurans.report.alternatives import add_words, in_words
from anurans.report.palette import COLOURS, GREY, species_colour, species_mark

MARKERS = ("o", "s", "^", "D", "v", "P", "<")
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "savefig.dpi": 200,
    # A name may hold a dollar sign.
    "text.parse_math": False,
    # Ids in the file come from its content, not from chance.
    "svg.hashsalt": "anurans",
}
METADATA: dict[str, dict[str, Any]] = {
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
}
MASK: dict[str, Any] = {
    "facecolor": "none",
    "edgecolor": "black",
    "hatch": "////",
    "linewidth": 0.8,
    "zorder": 3,
}
# Height of the lane that the calls of a species are marked in, in rows of the image.
LANE = 22
# More nights than these cannot all be named along an axis.
MOST_NIGHTS = 30
LINE = 0.18  # height of a line of a forest plot, in inches


@contextlib.contextmanager
def sheet(paths: Iterable[str | os.PathLike], width: float, height: float) -> Iterator[Figure]:
    """Give an empty figure, and write it to each path, whole or not at all, when all went well.

    An SVG says in words what it shows.

    Parameters
    ----------
    paths
        Files that end in .svg or .png.
    width, height
        In inches.
    """
    with matplotlib.rc_context(), contextlib.ExitStack() as files:
        # Whatever a matplotlibrc says.
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = Figure((width, height), layout="constrained")
        FigureCanvasAgg(figure)
        yield figure
        partials = [files.enter_context(whole(path)) for path in paths]
        words = in_words(figure)
        for partial in partials:
            suffix = Path(partial).suffix
            figure.savefig(partial, metadata=METADATA[suffix])
            if suffix == ".svg":
                add_words(Path(partial), *words)


def headline(figure: Figure, text: str) -> None:
    """Say above a figure what is seen in it."""
    figure.suptitle(text, x=0.01, ha="left", fontsize=10, fontweight="bold")


def name_species(ax: Axes, number: int, code: str, name: str = "") -> None:
    """Name a species above its panel, after the mark of its colour.

    Parameters
    ----------
    ax
        Where.
    number
        Of the species in the config, from 0.
    code, name
        Of the species; the name may be empty.
    """
    ax.set_label(f"{name} ({code})" if name else code)
    mark = ax.set_title(species_mark(number), color=species_colour(number))
    style: dict[str, Any] = {"textcoords": "offset points", "va": "bottom"}
    if not name:
        ax.annotate(code, (1, 0), (4, 0), xycoords=mark, fontweight="bold", **style)
        return
    title = ax.annotate(name, (1, 0), (4, 0), xycoords=mark, fontstyle="italic", **style)
    ax.annotate(code, (1, 0), (5, 0), xycoords=title, color=GREY, **style)


@dataclass(frozen=True, slots=True)
class Look:
    """Colour and marker of one of several things in a figure."""

    colour: str
    marker: str


def look(number: int) -> Look:
    """Look of thing `number`, from 0; the first 49 differ."""
    turn = number // len(COLOURS)
    return Look(COLOURS[number % len(COLOURS)], MARKERS[(number + turn) % len(MARKERS)])


def row_of(hz: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Height of a frequency (Hz) in an image, in rows from its lower edge.

    `edges` [shape=(size + 1,)] are those of the rows, of `image_axes.frequency_edges`.
    """
    return np.interp(hz, edges, np.arange(len(edges)))


def frequency_ticks(edges: np.ndarray) -> np.ndarray:
    """Frequencies (Hz) to name beside an image: octaves, or even steps on a linear axis.

    `edges` are as `row_of` takes them.
    """
    steps = np.diff(edges[1:-1])
    if np.ptp(steps) < 0.01 * steps.mean():
        hz = np.asarray(MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(edges[1], edges[-2]))
    else:
        hz = 1000 * 2.0 ** np.arange(-6, 8)
    # The outermost rows own all that lies beyond them: of that they have no place for ticks.
    return hz[(hz >= edges[1] - steps[0]) & (hz <= edges[-2] + steps[-1])]


def show_image(
    ax: Axes, image: np.ndarray, start: float, columns: np.ndarray, limits: tuple[int, int]
) -> None:
    """Draw the image of a clip, loud dark on quiet white; the y axis counts its rows.

    Parameters
    ----------
    ax
        Its x axis is set; what lies beyond it is cut.
    image : np.ndarray [shape=(size, size), dtype=uint8]
        Axes are frequency (lowest first), time.
    start
        Of the clip on the x axis, in s.
    columns : np.ndarray [shape=(size + 1,)]
        Edges of the columns, of `anurans.sounds.image_axes.time_edges`.
    limits
        Grey values that are drawn white and black.
    """
    # All columns are as wide as the inner ones; the clip's ends cut the outermost.
    step = columns[2] - columns[1]
    extent = (start + columns[1] - step, start + columns[-2] + step, 0, len(image))
    vmin, vmax = limits
    style: dict[str, Any] = {
        "cmap": "Greys",
        "interpolation": "none",
        "origin": "lower",
        "aspect": "auto",
        "zorder": 1,
    }
    drawn = ax.imshow(image, extent=extent, vmin=vmin, vmax=vmax, **style)
    low, high = ax.get_xlim()
    low, high = max(low, start + columns[0]), min(high, start + columns[-1])
    drawn.set_clip_path(Rectangle((low, 0), high - low, len(image), transform=ax.transData))


@dataclass(frozen=True, slots=True)
class Mark:
    """A call in a picture: its place in s on the x axis, what of it is left, its band in Hz."""

    species: str
    start: float
    end: float
    left: tuple[tuple[float, float], ...]
    band: tuple[float, float] | None


def call_marks(clip: ClipTable, calls: Iterable[Annotation], in_copy: bool) -> list[Mark]:
    """Place calls in a copy of a clip, or in what it was made of.

    Parameters
    ----------
    clip
        A table of one clip.
    calls
        Annotations of its recording.
    in_copy
        Whether to give s from the start of the copy, and what its masks leave of the calls; else
        it is s of the recording, and all is left.
    """
    recording, low, high = clip.recording[0], clip.source_start[0], clip.source_end[0]
    origin, rate = (low, clip.rate[0]) if in_copy else (0.0, 1.0)
    in_time = in_copy and clip.technique[0] == "time_mask"
    masks = parse_intervals(clip.masks[0]) if in_time else ()
    marks = []
    for call in calls:
        first, last = max(call.start, low), min(call.end, high)
        if not (first < last or (call.start == call.end and low <= first < high)):
            continue
        # The labels' own measure, so that picture and label cannot disagree.
        found = cover_clips(clip, {recording: [call]}, {recording: np.inf}, [call.species])
        heard = not in_copy or found[call.species].fraction[0] > 0
        start, end = (float((at - origin) / rate) for at in (first, last))
        left = _outside(start, end, masks) if heard else ()
        band = None
        if call.fmin is not None and call.fmax is not None:
            band = (call.fmin, call.fmax)
        marks.append(Mark(call.species, start, end, tuple(left), band))
    return marks


def _outside(start: float, end: float, masks: Iterable[tuple[float, float]]):
    """What is left of an interval outside of others; a point is left as it is."""
    pieces = [(start, end)]
    for low, high in masks if start < end else ():
        cut = [(a, min(b, low)) for a, b in pieces] + [(max(a, high), b) for a, b in pieces]
        pieces = sorted((a, b) for a, b in cut if a < b)
    return pieces


def image_axis(ax: Axes, edges: np.ndarray, species: Sequence[str]) -> None:
    """Name frequencies beside an image, and above it a lane for the calls of each species.

    `edges` are as `row_of` takes them; `species` stand from the lowest lane to the highest.
    """
    size, hz = len(edges) - 1, frequency_ticks(edges)
    ax.set_yticks(row_of(hz, edges), [f"{each:g}" for each in hz])
    ax.set_yticks(size + LANE * (np.arange(len(species)) + 0.5), species, minor=True)
    ax.tick_params(axis="y", which="minor", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.axhline(size, color="black", linewidth=0.6)
    ax.set_ylim(0, size + LANE * len(species))
    ax.set_ylabel("Frequency (Hz)")


def mark_calls(
    ax: Axes, marks: Iterable[Mark], looks: Mapping[str, tuple[int, str]], edges: np.ndarray
) -> None:
    """Mark calls above an image, filled where they are left, and their bands in it.

    `looks` are lane and colour of each species, others are left out; `edges` are as `row_of` takes
    them.
    """
    for mark in marks:
        if mark.species not in looks:
            continue
        lane, colour = looks[mark.species]
        low, height = len(edges) - 1 + LANE * (lane + 0.25), LANE * 0.5
        # A line as well as a filling, which a very short call would not have.
        style: dict[str, Any] = {"edgecolor": colour, "linewidth": 0.7, "zorder": 4}
        for start, end in mark.left:
            ax.add_patch(Rectangle((start, low), end - start, height, facecolor=colour, **style))
        width = mark.end - mark.start
        ax.add_patch(Rectangle((mark.start, low), width, height, facecolor="none", **style))
        if mark.band:
            bottom, top = row_of(np.array(mark.band), edges)
            style |= {"linewidth": 1.0, "linestyle": "-" if mark.left else ":", "fill": False}
            ax.add_patch(Rectangle((mark.start, bottom), width, top - bottom, **style))


def mark_masks(ax: Axes, clip: ClipTable, columns: np.ndarray, edges: np.ndarray) -> None:
    """Hatch what is masked in the image of a copy.

    `clip` is a table of one; `columns` and `edges` [shape=(size + 1,)] are those of the image, in s
    and Hz.
    """
    for low, high in parse_intervals(clip.masks[0]):
        if clip.technique[0] == "time_mask":
            hidden = Rectangle((low, 0), high - low, len(edges) - 1, **MASK)
        else:
            bottom, top = row_of(np.array([low, high]), edges)
            hidden = Rectangle((0, bottom), columns[-1], top - bottom, **MASK)
        ax.add_patch(hidden)


def night_axis(ax: Axes, nights: Sequence[str]) -> None:
    """Name nights, or recordings, one at each whole number of the x axis; an empty one is undated.

    Of many nights the first of each month is named, of many recordings none.
    """
    ax.set_xlim(-0.6, len(nights) - 0.4)
    shown, names = list(range(len(nights))), list(nights)
    if len(nights) > MOST_NIGHTS:
        names = [re.sub(r"^(\d{4}-\d\d)-\d\d$", r"\1", night) for night in nights]
        first = {name: at for at, name in reversed(list(enumerate(names)))}
        shown = [first[name] for name in first if not name or name not in nights][::-1]
        for at in shown[1:]:
            ax.axvline(at - 0.5, color="#CCCCCC", linewidth=0.5, zorder=0)
        if len(nights) <= 100:
            ax.set_xticks(range(len(nights)), minor=True)
        ax.tick_params(axis="x", which="minor", length=1.5, width=0.4)
    ax.set_xticks(shown, [names[at] or "no date" for at in shown], rotation=90)


@dataclass(frozen=True, slots=True)
class Dot:
    """A line of a forest plot: label, look, and for each panel a value and its interval.

    The value is None where it is undefined, the ends where there is no interval, and all three
    together where the panel has no such line.
    """

    label: str
    look: Look
    values: Sequence[Sequence[float | None] | None]


# Titles of the panels side by side, and groups of lines, each under a heading of its own.
Section = tuple[Sequence[str], Sequence[tuple[str, Sequence[Dot]]]]


def forest_height(sections: Sequence[Section]) -> float:
    """Height that a forest plot needs, in inches."""
    return 0.9 + sum(_lines(groups) * LINE + 0.45 for _, groups in sections)


def forest(figure: Figure, sections: Sequence[Section], xlabel: str, guide: str = "") -> np.ndarray:
    """Draw values with their intervals, a line each; a value without an interval is hollow.

    Parameters
    ----------
    sections
        One below the other.
    xlabel
        What the values are.
    guide
        Label of lines that others of their group are held against, by a dotted line.

    Returns
    -------
    np.ndarray [shape=(sections, panels), dtype=object]
        The axes.
    """
    heights = [_lines(groups) for _, groups in sections]
    shared: dict[str, Any] = {
        "sharex": True,
        "sharey": "row",
        "squeeze": False,
        "height_ratios": heights,
    }
    axes = figure.subplots(len(sections), len(sections[0][0]), **shared)
    for row, (titles, groups) in zip(axes, sections, strict=True):
        names, y = {}, 0.0
        for heading, dots in groups:
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
            # A long one may reach over the next panel, which is empty here.
            style: dict[str, Any] = {
                "fontweight": "bold",
                "bbox": box,
                "in_layout": False,
                "zorder": 3,
            }
            _beside(row[0], (0, y), heading, **style)
            end = y + len(dots) + 0.4
            for dot in dots:
                y += 1
                names[y] = dot.label
                for ax, values in zip(row, dot.values, strict=True):
                    if values is None:
                        continue
                    _draw_dot(ax, y, dot.look, *values)
                    if dot.label == guide and values[0] is not None and y + 1 < end:
                        ax.plot([values[0]] * 2, [y, end], ":", color=GREY, lw=0.8, zorder=1)
            y += 1.4
        for ax, title in zip(row, titles, strict=True):
            ax.set_title(title)
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            ax.patch.set_visible(False)
            ax.grid(axis="x", color="#E5E5E5", linewidth=0.5)
        row[0].set_yticks(list(names), list(names.values()))
        row[0].set_ylim(y - 0.8, -0.8)
    for ax in axes[-1]:
        ax.set_xlabel(xlabel)
    return axes


def _lines(groups: Sequence[tuple[str, Sequence[Dot]]]) -> float:
    return sum(len(dots) + 1.4 for _, dots in groups) + 0.2


def _beside(ax: Axes, at: tuple[float, float], text: str, **style) -> None:
    where: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    ax.annotate(text, at, (3, 0), va="center", **where, **style)


def _draw_dot(
    ax: Axes, y: float, of: Look, value: float | None, lower: float | None, upper: float | None
) -> None:
    text = "undefined"
    if value is not None:
        interval = ""
        if lower is not None and upper is not None:
            interval = f" [{lower:z.2f}, {upper:z.2f}]"
            ax.plot([lower, upper], [y, y], color=of.colour, lw=1.4)
        face = of.colour if interval else "white"
        ax.plot(value, y, of.marker, color=of.colour, mfc=face, ms=4.5)
        text = f"{value:z.2f}{interval}"
    _beside(ax, (1, y), text.replace("-", "\N{MINUS SIGN}"), fontsize=6.5, color="#444444")
