"""What figures show, and where: on calls, tones and tables whose answers are known."""

from contextlib import contextmanager
from datetime import date, timedelta
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import plot_annotations
import plot_copies
import plot_models
import plot_optimism
import plot_split
from anurans.annotations.formats import Annotation
from anurans.annotations.labels import MEASURES, cover_clips
from anurans.common.errors import UserError
from anurans.common.tables import read_table, write_table
from anurans.recordings.clips import ClipTable, clip_table, concatenate, original_clips
from anurans.report.figures import (
    LANE,
    Dot,
    call_marks,
    forest,
    frequency_ticks,
    image_axis,
    look,
    mark_calls,
    mark_masks,
    night_axis,
    row_of,
    sheet,
    show_image,
)
from anurans.report.palette import COLOURS
from anurans.scores.comparison import MODEL, OPTIMISM
from anurans.sounds.image_axes import SIZE, frequency_edges, time_edges
from anurans.sounds.shards import write_shard
from anurans.sounds.spectrograms import Imager, SpectrogramSettings

SR, LENGTH = 22050, 5.0
SETTINGS = {"scale": "mel", "n_fft": 1024, "n_mels": 128, "fmin": 200, "fmax": 8000}
EDGES = frequency_edges(sr=SR, **SETTINGS)
COLUMNS = time_edges(SR, round(SR * LENGTH), 494)
LABELLING = {"rule": "default", "min_overlap": 0.25, "min_fraction": 0.5, "ambiguous": "negative"}


def axes():
    return Figure().subplots()


def call(start, end, species="A", fmin=None, fmax=None, grade=""):
    return Annotation(start, end, species, grade, fmin, fmax)


def copy(technique, start=5.0, rate=1.0, masks="", end=None):
    row = {
        "clip": f"R_{round(start * 1000):07d}~{technique}1",
        "recording": "R",
        "technique": technique,
        "copy": 1,
        "source_start": start,
        "source_end": start + LENGTH * rate if end is None else end,
        "rate": rate,
        "masks": masks,
    }
    return clip_table([row])


def boxes(ax):
    """Rectangles of an axes: left, bottom, width, height."""
    found = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    return [(*patch.get_xy(), patch.get_width(), patch.get_height()) for patch in found]


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Give a function that runs the `main` of a script and returns the figure that it drew."""

    def run(script, **arguments):
        figures, real = [], sheet

        @contextmanager
        def watched(*size):
            with real(*size) as figure:
                figures.append(figure)
                yield figure

        monkeypatch.setattr(script, "sheet", watched)
        paths = [tmp_path / "figure.svg", tmp_path / "figure.png"]
        script.main(output=paths, **arguments)
        assert all(path.stat().st_size > 1000 for path in paths)
        return figures[0]

    return run


def texts(figure):
    """All that is written in a figure."""
    return "\n".join(each.get_text() for each in figure.findobj(Text))


def draw_something(folder):
    paths = [folder / "a.svg", folder / "a.png"]
    with sheet(paths, 3, 2) as figure:
        ax = figure.subplots()
        ax.plot([1, 2], [3, 4], label="$not math$")
        ax.imshow(np.eye(4), cmap="Greys")
        mark_masks(ax, copy("time_mask", masks="1-2"), COLUMNS, EDGES)
        figure.legend(loc="outside lower left")
    return [path.read_bytes() for path in paths]


def test_the_same_figure_has_the_same_bytes_whatever_the_settings_of_the_user(tmp_path):
    first = draw_something(tmp_path)
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": None, "lines.linewidth": 7}):
        assert draw_something(tmp_path) == first
        assert matplotlib.rcParams["font.size"] == 20
    assert b"dc:date" not in first[0] and b"$not math$" not in first[1]


def test_a_figure_that_fails_leaves_no_file(tmp_path):
    (tmp_path / "a.svg").write_text("before")
    with pytest.raises(RuntimeError, match="broken"), sheet([tmp_path / "a.svg"], 2, 2):
        raise RuntimeError("broken")
    with pytest.raises(KeyError), sheet([tmp_path / "a.svg", tmp_path / "b.bad"], 2, 2):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]
    assert (tmp_path / "a.svg").read_text() == "before"


@pytest.mark.parametrize("scale", ["mel", "linear", "log"])
@pytest.mark.parametrize("hz", [500, 1000, 4000])
def test_a_tick_lies_on_the_row_of_its_frequency(scale, hz):
    settings = SETTINGS | {"scale": scale}
    edges = frequency_edges(sr=SR, **settings)
    samples = round(SR * LENGTH)
    tone = (20000 * np.sin(2 * np.pi * hz * np.arange(samples) / SR)).astype(np.int16)
    image = Imager(SpectrogramSettings(**settings), SR, samples, SIZE).images(tone[None])[0]
    rows = image.mean(axis=1)
    brightest = np.flatnonzero(rows >= rows.max() - 1).mean()
    assert row_of(hz, edges) == pytest.approx(brightest + 0.5, abs=1.5)


def test_ticks_are_octaves_on_a_mel_axis_and_even_steps_on_a_linear_one():
    assert frequency_ticks(EDGES).tolist() == [250, 500, 1000, 2000, 4000]
    linear = frequency_edges(sr=SR, **SETTINGS | {"scale": "linear"})
    assert frequency_ticks(linear).tolist() == [2000, 4000, 6000]
    ax = axes()
    image_axis(ax, EDGES, ["B", "A"])
    ticks = {
        tick.get_text(): y for tick, y in zip(ax.get_yticklabels(), ax.get_yticks(), strict=True)
    }
    assert ticks["1000"] == row_of(1000, EDGES)
    assert ax.get_yticks(minor=True).tolist() == [SIZE + LANE / 2, SIZE + LANE * 1.5]


def test_an_image_lies_at_its_time():
    ax = axes()
    ax.set_xlim(12, 16)
    show_image(ax, np.zeros((SIZE, SIZE), np.uint8), 10.0, COLUMNS, (0, 255))
    left, right, bottom, top = ax.images[0].get_extent()
    assert np.linspace(left, right, SIZE + 1)[1:-1] == pytest.approx(10 + COLUMNS[1:-1])
    assert (bottom, top) == (0, SIZE)
    # Of the clip from 10 to 15 s no more is drawn than the axis shows.
    seen = ax.transData.inverted().transform(ax.images[0].get_clip_box())
    assert seen.tolist() == [pytest.approx([12, 0]), pytest.approx([15, SIZE])]


def test_a_call_is_marked_at_its_time_in_a_copy():
    clip = copy("time_stretch", start=8.0, rate=0.8)
    (source,) = call_marks(clip, [call(10.0, 11.0)], in_copy=False)
    assert (source.start, source.end, source.left) == (10.0, 11.0, ((10.0, 11.0),))
    (mark,) = call_marks(clip, [call(10.0, 11.0)], in_copy=True)
    assert (mark.start, mark.end) == pytest.approx((2.5, 3.75))
    ax = axes()
    mark_calls(ax, [mark], {"A": (1, COLOURS[0])}, EDGES)
    bar, outline = boxes(ax)
    assert bar == outline == pytest.approx((2.5, SIZE + LANE * 1.25, 1.25, LANE / 2))
    assert to_hex(ax.patches[0].get_facecolor()).upper() == COLOURS[0]


def test_calls_are_cut_to_the_clip_and_others_left_out():
    calls = [call(0, 4.9), call(3, 6), call(9, 20), call(7, 7), call(10, 10), call(10, 11)]
    marks = call_marks(copy("time_stretch"), calls, in_copy=True)
    assert [(mark.start, mark.end) for mark in marks] == [(0, 1), (4, 5), (2, 2)]
    # The recording ends before the copy does.
    (mark,) = call_marks(copy("time_stretch", end=8.0), [call(7, 9)], in_copy=True)
    assert (mark.start, mark.end) == (2, 3)


def test_what_a_time_mask_hides_of_a_call_is_hollow():
    clip = copy("time_mask", masks="1-2;3-3.5")
    marks = call_marks(clip, [call(5.5, 9), call(6.25, 6.75), call(9, 10)], in_copy=True)
    assert [mark.left for mark in marks] == [((0.5, 1), (2, 3), (3.5, 4)), (), ((4, 5),)]
    assert [len(mark.left) for mark in call_marks(clip, [call(6.2, 6.7)], False)] == [1]
    ax = axes()
    mark_masks(ax, clip, COLUMNS, EDGES)
    assert boxes(ax) == [(1, 0, 1, SIZE), (3, 0, 0.5, SIZE)]


def test_a_frequency_mask_hides_calls_whose_band_lies_under_it():
    low, high = EDGES[50], EDGES[80]
    clip = copy("frequency_mask", masks=f"{low:.6f}-{high:.6f}")
    hidden = call(6, 7, fmin=low + 10, fmax=high - 10)
    calls = [hidden, call(6, 7, fmin=low + 10, fmax=high + 10), call(6, 7)]
    marks = call_marks(clip, calls, in_copy=True)
    assert [mark.left for mark in marks] == [(), ((1, 2),), ((1, 2),)]
    ax = axes()
    mark_masks(ax, clip, COLUMNS, EDGES)
    assert boxes(ax)[0] == pytest.approx((0, 50, LENGTH, 30), abs=1e-4)
    ax = axes()
    mark_calls(ax, marks[:1], {"A": (0, COLOURS[1])}, EDGES)
    _, band = boxes(ax)
    assert band == pytest.approx(
        (1, row_of(low + 10, EDGES), 1, np.ptp(row_of(np.array([low + 10, high - 10]), EDGES)))
    )


def test_calls_of_other_species_are_not_marked():
    ax = axes()
    marks = call_marks(copy("time_stretch"), [call(6, 7, "B")], in_copy=True)
    mark_calls(ax, marks, {"A": (0, COLOURS[0])}, EDGES)
    assert boxes(ax) == []


def test_looks_differ():
    assert len({look(number) for number in range(49)}) == 49


def nights(count):
    return [(date(2020, 1, 20) + timedelta(days=2 * day)).isoformat() for day in range(count)]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["2020-01-20", "2020-01-22", ""], ["2020-01-20", "2020-01-22", "no date"]),
        ([*nights(31), ""], ["2020-01", "2020-02", "2020-03", "no date"]),
        ([f"R{number:03d}" for number in range(366)], []),
        (["A", "B"], ["A", "B"]),
    ],
)
def test_names_of_nights(names, shown):
    ax = axes()
    night_axis(ax, names)
    assert [each.get_text() for each in ax.get_xticklabels()] == shown
    for label, at in zip(shown, ax.get_xticks(), strict=True):
        assert names[int(at)].startswith(label.replace("no date", ""))


def test_a_forest_plot_draws_values_intervals_and_what_is_missing():
    dots = [
        Dot("a", look(0), [(0.5, 0.4, 0.7), (0.6, None, None)]),
        Dot("b", look(1), [(None, None, None), None]),
    ]
    figure = Figure()
    axes = forest(figure, [(("left", "right"), [("group", dots)])], "F1", guide="a")
    left, right = axes[0]
    assert [label.get_text() for label in left.get_yticklabels()] == ["a", "b"]
    interval, dot, guide = left.lines
    assert interval.get_xdata().tolist() == [0.4, 0.7] and dot.get_xdata().tolist() == [0.5]
    assert interval.get_ydata().tolist() == [1, 1] and guide.get_xdata().tolist() == [0.5, 0.5]
    assert right.lines[0].get_markerfacecolor() == "white"
    written = [each.get_text() for each in left.texts]
    assert written == ["group", "0.50 [0.40, 0.70]", "undefined"]
    assert [each.get_text() for each in right.texts] == ["0.60"]


# The scripts, on tables of their own.


def write_split(folder, of_recording, by_clip=False):
    """Write roles in two folds and a test part, recordings, and annotations but of the last."""
    parts = [("test", "test"), ("held_out", "train"), ("validation", "held_out")]
    roles = []
    for number, recording in enumerate(of_recording):
        for clip in range(4):
            one, two = parts[(number + clip * by_clip) % 3]
            row = {"recording": recording, "clip": f"{recording}_{clip}", "group": recording}
            roles.append(row | {"night": "", "fold-1": one, "fold-2": two})
    write_table(folder / "roles.tsv", list(roles[0]), roles)
    rows = [
        {"recording": name, "path": name, "date": day, "time": time}
        for name, (day, time) in of_recording.items()
    ]
    write_table(folder / "recordings.csv", ["recording", "path", "date", "time"], rows)
    *others, last = of_recording
    rows = [{"recording": name, "status": "annotated"} for name in others]
    rows.append({"recording": last, "status": "not annotated"})
    write_table(folder / "annotations.csv", ["recording", "status"], rows)
    return SimpleNamespace(
        roles=folder / "roles.tsv",
        recordings=folder / "recordings.csv",
        annotations=folder / "annotations.csv",
    )


def marks_of(figure):
    """Place, colour and whether it is filled of each mark in the axes of a figure."""
    return {
        (x, y): (line.get_color(), line.get_markerfacecolor() != "white")
        for ax in figure.axes
        for line in ax.lines
        if line.get_linestyle() == "None"
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }


def test_a_split_of_66_nights(tmp_path, drawn):
    times = ("18:00:00", "23:30:00", "00:15:00")
    recordings = {}
    for night in nights(66):
        for time in times:
            day = date.fromisoformat(night) + timedelta(days=time < "12")
            recordings[f"R_{day}_{time}"] = (day.isoformat(), time)
    inputs = write_split(tmp_path, recordings)
    figure = drawn(plot_split, input=inputs, wildcards=SimpleNamespace(split="night"))
    found = marks_of(figure)
    assert len(figure.axes) == 1 and len(found) == 66 * 3
    # The third recording of a night, after midnight, stands in the column of the evening.
    assert found[0, 6.0] == ("#000000", True)
    assert found[0, 11.5] == (COLOURS[0], True)
    assert found[0, 12.25] == (COLOURS[1], True)
    assert found[65, 12.25] == (COLOURS[1], False)
    assert "test: 264 clips of 66 recordings on 66 nights" in texts(figure)
    assert "fold 2: 264 clips of 66 recordings on 66 nights (1 not annotated)" in texts(figure)
    assert "66 of 66 nights in several parts" in texts(figure)


def test_a_split_whose_recordings_have_no_dates(tmp_path, drawn):
    inputs = write_split(tmp_path, {f"R{number:03d}": ("", "") for number in range(90)})
    figure = drawn(plot_split, input=inputs, wildcards=SimpleNamespace(split="recording"))
    found = marks_of(figure)
    assert sorted({y for _, y in found}) == [0, 1] and len(found) == 90
    assert found[0, 0] == ("#000000", True) and found[19, 1] == (COLOURS[1], False)
    assert "each recording is in one part only" in texts(figure)


def test_a_split_by_clip_shows_the_shares_of_recordings(tmp_path, drawn):
    inputs = write_split(tmp_path, {"R0": ("2020-01-01", "20:00:00"), "R1": ("", "")}, by_clip=True)
    figure = drawn(plot_split, input=inputs, wildcards=SimpleNamespace(split="clip"))
    calendar, strip = figure.axes
    assert not marks_of(figure)
    shares = [of for of in calendar.collections if isinstance(of, PatchCollection)]
    widths = [np.ptp(path.vertices[:, 0]) for of in shares for path in of.get_paths()]
    # Fold 1, fold 2, test: one, one and two of four clips.
    assert widths == pytest.approx([0.2, 0.2, 0.4])
    assert len(strip.collections) == 3
    assert "2 of 2 recordings have clips in several parts" in texts(figure)


def write_labels(path, clips, calls, species):
    """Write a label table as the rule label_clips does."""
    names = {recording: calls.get(recording, ()) for recording in clips.recording}
    covers = cover_clips(clips, names, dict.fromkeys(names, 60.0), species)
    columns = {"clip": clips.clip, "recording": clips.recording} | {
        f"{name}_{measure}": getattr(covers[name], measure)
        for name in species
        for measure in MEASURES
    }
    rows = zip(*(values.tolist() for values in columns.values()), strict=True)
    write_table(path, list(columns), (dict(zip(columns, row, strict=True)) for row in rows))


@pytest.mark.parametrize("dated", [True, False])
def test_annotations_are_counted_by_night_and_grade(tmp_path, drawn, dated):
    clips = concatenate(original_clips(name, 10.0, LENGTH, 0.5) for name in ("R1", "R2", "R3"))
    calls = {
        "R1": [call(0, 4, grade="far"), call(5, 9, grade="far"), call(6, 7, grade="clear")],
        "R2": [call(0, 4), call(1, 1.1, "B")],
    }
    write_labels(tmp_path / "labels.tsv", clips, calls, ["A", "B"])
    of = {name: {"date": "2020-01-01", "time": "20:00:00"} for name in ("R1", "R3")}
    params = SimpleNamespace(
        species={"A": "Boana a", "B": "Boana b"},
        labelling=LABELLING,
        clocks={
            name: (of if dated else {}).get(name, {"date": "", "time": ""})
            for name in ("R1", "R2", "R3")
        },
    )
    figure = drawn(plot_annotations, input=[tmp_path / "labels.tsv"], params=params)
    first, second = figure.axes
    heights = [(x + width / 2, y, height) for x, y, width, height in boxes(first)]
    # All clips of each bar, then the far, clear and ungraded ones.
    if dated:
        expected = [(0, 0, 4), (1, 0, 2), (0, 0, 1), (0, 1, 1), (1, 0, 1)]
        assert np.array(heights) == pytest.approx(np.array(expected))
        assert "3 of 6 clips, 1 of 1 night" in texts(figure)
    else:
        assert len(heights) == 6 and "3 of 6 clips, 2 of 3 recordings" in texts(figure)
    # A call of 0.1 s that lies wholly inside counts.
    assert "1 of 6 clips" in second.get_title("right")
    legend = [each.get_text() for each in figure.legends[0].get_texts()]
    assert legend == ["annotated clips", "far", "clear", "ungraded"]


def test_no_annotated_recording_is_a_mistake(tmp_path):
    write_labels(tmp_path / "labels.tsv", clip_table([]), {}, ["A"])
    params = SimpleNamespace(species={"A": "a"}, labelling=LABELLING, clocks={})
    with pytest.raises(UserError, match="no clip of an annotated recording"):
        plot_annotations.main([tmp_path / "labels.tsv"], [], params)


def write_images(path, clips: ClipTable):
    """Write a shard of grey images whose value is the number of the clip."""
    images = np.repeat(np.arange(len(clips), dtype=np.uint8), SIZE * SIZE).reshape(-1, SIZE, SIZE)
    settings = SETTINGS | {"hop_length": 494}
    about = {"clips": {"sr": SR, "length": LENGTH}, "spectrogram": settings}
    write_shard(path, clips, [images], (SIZE, SIZE), "uint8", about)


def copies_of(folder, technique, copies, text):
    """Write what the rule plot_copies takes, for one recording of 30 s with these annotations."""
    originals = original_clips("R", 30.0, LENGTH, 0.5)
    (folder / "annotations").mkdir()
    (folder / "annotations/R.txt").write_text(text)
    lines = [line.split("\t") for line in text.splitlines()]
    calls = {"R": [call(float(start), float(end), name) for start, end, name in lines]}
    for name, clips in (("original", originals), (technique, copies)):
        write_images(folder / f"{name}.h5", clips)
        write_labels(folder / f"{name}.tsv", clips, calls, ["A", "B"])
    inputs = SimpleNamespace(
        originals=[folder / "original.h5"],
        copies=[folder / f"{technique}.h5"],
        labels=[folder / "original.tsv"],
        copy_labels=[folder / f"{technique}.tsv"],
        annotations=folder / "annotations",
    )
    settings = {"species": ["A", "B"], "format": "auto", "columns": {}}
    params = SimpleNamespace(settings=settings, labelling=LABELLING, recordings=["R"])
    return {"input": inputs, "params": params, "wildcards": SimpleNamespace(technique=technique)}


def test_a_copy_whose_label_is_erased_is_shown(tmp_path, drawn):
    masks = ["", "", "4-5", "", "", "1-3"]
    copies = concatenate(
        copy("time_mask", 5.0 * number, masks=text) for number, text in enumerate(masks)
    )
    text = "1\t4\tA\n6\t8\tB\n26\t28\tB\n"
    figure = drawn(plot_copies, **copies_of(tmp_path, "time_mask", copies, text))
    titles = [ax.get_title("left") for ax in figure.axes[1::2]]
    assert titles == [
        "copy 1; labels: A",
        "copy 1; labels: B",
        "copy 1; labels: none",
        "copy 1; labels: none; erased: B",
    ]
    source, masked = figure.axes[6:]
    assert source.get_xlim() == (25, 30) and masked.get_xlim() == (0, 5)
    # The call of B from 26 to 28 s: filled in the source; in the copy its outline under the mask.
    assert [box[:1] + box[2:3] for box in boxes(source)[1:]] == [(26, 2), (26, 2)]
    assert [box[:1] + box[2:3] for box in boxes(masked)] == [(1, 2), (1, 2)]


def test_the_source_of_a_stretched_copy_is_stitched_of_the_clips_that_it_covers(tmp_path, drawn):
    copies = copy("time_stretch", start=4.0, rate=0.8)
    figure = drawn(plot_copies, **copies_of(tmp_path, "time_stretch", copies, "7\t8\tA\n"))
    source, stretched = figure.axes
    assert [int(image.get_array()[0, 0]) for image in source.images] == [0, 1]
    assert source.get_xlim() == (4, 8)
    (border,) = (line for line in source.lines if line.get_linestyle() == "--")
    assert border.get_xdata() == [5, 5]
    assert boxes(stretched)[0][0] == pytest.approx((7 - 4) / 0.8)
    assert stretched.get_title("left") == "copy 1, rate 0.8; labels: A"


def test_no_copy_of_an_annotated_recording_is_a_mistake(tmp_path):
    arguments = copies_of(tmp_path, "time_mask", clip_table([]), "")
    with pytest.raises(UserError, match="no copy by time_mask of an annotated recording"):
        plot_copies.main(output=[], **arguments)


def test_rows_are_picked_to_show_all_there_is():
    shows = [({"A"}, {1}), ({"A", "B"}, {1}), ({"A"}, {2}), ({"C"}, {1}), ({"A"}, {3})]
    assert plot_copies.pick(shows, 2) == [1, 3]
    assert plot_copies.pick(shows, 3) == [1, 3, 2]
    assert plot_copies.pick(shows, 9) == [1, 3, 2, 4, 0]


def model_row(backbone, dataset, subset, f1, lower="", upper="", split="night"):
    model = (split, "no", backbone, "imagenet", dataset, "linear", "default")
    row = dict(zip(MODEL, model, strict=True))
    row |= {"subset": subset, "n_clips": 100, "n_recordings": 10, "n_groups": 5}
    return row | {"f1_macro": f1, "f1_macro_lower": lower, "f1_macro_upper": upper}


def draw_models(folder, drawn, rows, datasets):
    write_table(folder / "models.csv", list(rows[0]), rows)
    params = SimpleNamespace(datasets=datasets)
    return drawn(plot_models, input=[folder / "models.csv"], params=params)


def test_models_are_grouped_and_datasets_in_the_order_of_the_config(tmp_path, drawn):
    rows = [
        model_row("weak", "masked", "held_out", 0.4, 0.3, 0.5),
        model_row("weak", "plain", "held_out", 0.3, 0.2, 0.4),
        model_row("good", "masked", "held_out", 0.6, 0.5, 0.7),
        model_row("good", "masked", "test", 0.55),
    ]
    figure = draw_models(tmp_path, drawn, rows, ["plain", "masked"])
    held_out, test = figure.axes
    assert [label.get_text() for label in held_out.get_yticklabels()] == [
        "masked",
        "plain",
        "masked",
    ]
    written = [text.get_text() for text in held_out.texts]
    assert written[:2] == ["good (imagenet weights), linear", "0.60 [0.50, 0.70]"]
    assert [text.get_text() for text in test.texts] == ["0.55"]
    assert "100 clips, 10 recordings, 5 groups" in held_out.get_title("left")


def test_of_many_models_the_best_are_drawn(tmp_path, drawn):
    rows = [
        model_row(f"b{number}", "plain", subset, number / 100 if subset == "held_out" else 0.5)
        for number in range(70)
        for subset in ("held_out", "test")
    ]
    figure = draw_models(tmp_path, drawn, rows, ["plain"])
    assert "the 60 best of 70 models (held out)" in texts(figure)
    assert "b69 " in texts(figure) and "b10 " in texts(figure)
    assert "b9 " not in texts(figure)


def test_the_optimism_of_a_leaky_split_is_drawn_against_zero(tmp_path, drawn):
    about = dict(zip(OPTIMISM, ("net", "imagenet", "plain", "linear", "default"), strict=False))
    about |= {"leaky": "clip", "n_groups": 8}
    rows = [
        about | {"subset": "test", "split": split, "difference": at, "lower": low, "upper": high}
        for split, at, low, high in (("night", 0.1, 0.05, 0.2), ("recording", 0.0, -0.1, 0.1))
    ]
    write_table(tmp_path / "optimism.csv", OPTIMISM, rows)
    figure = drawn(plot_optimism, input=[tmp_path / "optimism.csv"])
    (ax,) = figure.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "clip against night",
        "clip against recording",
    ]
    assert ax.lines[0].get_xdata().tolist() == [0.05, 0.2]
    assert "above 0 in 1 of 2 comparisons" in texts(figure)
    assert "leaky minus honest" in ax.get_xlabel()


@pytest.mark.parametrize("script", [plot_models, plot_optimism])
def test_an_empty_table_is_a_mistake(tmp_path, script):
    write_table(tmp_path / "t.csv", [*OPTIMISM, *MODEL], [])
    assert read_table(tmp_path / "t.csv") == []
    params = {"params": SimpleNamespace(datasets=["plain"])} if script is plot_models else {}
    with pytest.raises(UserError, match=r"t\.csv: there is no"):
        script.main(input=[tmp_path / "t.csv"], output=[], **params)
