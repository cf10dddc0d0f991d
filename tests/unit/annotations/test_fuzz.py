"""Whatever bytes an annotation file holds: a clean table or clear problems, never an exception.

`FUZZ=10000 pytest tests/unit/test_annotation_fuzz.py` tries more examples.
"""

import csv
import io
import os
from math import isfinite

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anurans.annotations.formats import GRADES, Annotation, read_annotations

SPECIES = ("BOAALB", "PHYCUV", "A_B")
fuzz = settings(
    max_examples=int(os.environ.get("FUZZ", "200")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
FORMATS = st.sampled_from(["auto", "audacity", "raven", "table"])
OWNERS = st.sampled_from(["A", None])
# What files are made of, so that examples come close to what is right.
FIELDS = st.sampled_from(
    [
        *(
            "1.0",
            "2.5",
            "1,5",
            "1e3",
            "-1",
            "nan",
            "inf",
            "1_0",
            "0",
            "",
            " ",
            "NA",
            "\\",
            '"',
            "=1",
        ),
        *("BOAALB", "BOAALB_F", "BOAALB_X", "rain", "A_B_C", "01-Mar", "#NAME?", "A", "B.wav", "Z"),
        *(
            "start",
            "end",
            "label",
            "recording",
            "min_t",
            "Begin Time (s)",
            "End Time (s)",
            "Species",
        ),
        *("Selection", "File Offset (s)", "Low Freq (Hz)", "fmin", "fmax", "sep=;", "\ufeff", "ñ"),
    ]
)
MARKS = st.sampled_from(["\t", ",", ";", "\n", "\r\n", "\r", "\0", "\x0b", "\x85", "\u2028"])
ALMOST = st.lists(st.one_of(FIELDS, MARKS), max_size=60).map("".join)
ENCODED = st.tuples(
    ALMOST, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
)
BYTES = st.one_of(
    st.binary(max_size=200), ENCODED.map(lambda pair: pair[0].encode(pair[1], "replace"))
)


def read(data, owner="A", **how):
    known = {"A", "B"}

    def resolve(name):
        stem = name.removesuffix(".wav")
        return stem if stem in known else None

    return read_annotations(data, "x.txt", SPECIES, resolve, owner, **how)


@fuzz
@given(data=BYTES, format=FORMATS, owner=OWNERS)
def test_any_bytes_give_a_clean_table_or_clear_problems(data, format, owner):
    reading = read(data, owner, format=format)
    last = 1 + data.count(b"\n") + data.count(b"\r")
    for problem in reading.problems:
        assert 1 <= problem.line <= last + 1
        assert problem.found and problem.expected
        assert "\n" not in str(problem)
    for calls in reading.annotations.values():
        assert len({call.key() for call in calls}) == len(calls)
        for call in calls:
            assert 0 <= call.start <= call.end and isfinite(call.end)
            assert call.species.strip() and call.grade in GRADES.values()
            for frequency in (call.fmin, call.fmax):
                assert frequency is None or (frequency >= 0 and isfinite(frequency))


TIMES = st.integers(0, 3_600_000).map(lambda ms: ms / 1000)
LABELS = st.sampled_from(["BOAALB", "BOAALB_F", "PHYCUV_M", "PHYCUV", "A_B_C", "A_B", "rain"])
BANDS = st.one_of(st.none(), st.tuples(st.integers(0, 900), st.integers(900, 9000)))
CALLS = st.lists(st.tuples(TIMES, TIMES, LABELS, BANDS), max_size=8)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
CODECS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
GRADE = {"F": "far", "M": "medium", "C": "clear"}


def meant(calls):
    """The annotations that calls stand for, each once, as they are written."""
    found = {}
    for one, other, label, band in calls:
        stem, _, last = label.rpartition("_")
        known = label in SPECIES or last not in GRADE
        species, grade = (label, "") if known else (stem, GRADE[last])
        low, high = (None, None) if band is None else map(float, band)
        call = Annotation(min(one, other), max(one, other), species, grade, low, high)
        found.setdefault(call, (call, label, band))
    return list(found.values())


@fuzz
@given(calls=CALLS, end=ENDS, codec=CODECS, final=st.booleans())
def test_labels_of_audacity_come_back(calls, end, codec, final):
    rows, lines = meant(calls), []
    for call, label, band in rows:
        lines.append(f"{call.start:.6f}\t{call.end:.6f}\t{label}")
        lines += [f"\\\t{band[0]:.6f}\t{band[1]:.6f}"] if band else []
    reading = read((end.join(lines) + end * final).encode(codec))
    assert reading.problems == []
    assert reading.annotations == {"A": [call for call, _, _ in rows]}


@fuzz
@given(calls=CALLS, end=ENDS, codec=CODECS, mark=st.sampled_from(",;\t"), style=st.integers(0, 2))
def test_tables_come_back(calls, end, codec, mark, style):
    names = [
        ["recording", "start", "end", "label", "fmin", "fmax"],
        ["fname", "min_t", "max_t", "label", "min_f", "max_f"],
        [
            "Begin File",
            "Begin Time (s)",
            "End Time (s)",
            "Species",
            "Low Freq (Hz)",
            "High Freq (Hz)",
        ],
    ][style]
    rows, file = meant(calls), io.StringIO(newline="")
    writer = csv.writer(
        file, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL * (style % 2)
    )
    writer.writerow(names)
    for call, label, band in rows:
        writer.writerow(["A.wav", call.start, call.end, label, *(band or ("", ""))])
    reading = read(file.getvalue().encode(codec), None)
    assert reading.problems == []
    assert reading.annotations == ({"A": [call for call, _, _ in rows]} if rows else {})
