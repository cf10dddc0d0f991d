"""Tables of annotations as programs and spreadsheets leave them."""

import pytest

from anurans.annotations.formats import Annotation, read_annotations

BOA = Annotation(1.0, 2.5, "BOAALB", "far", None, None)


def read(text, recording="A"):
    known = {"A", "B"}
    return read_annotations(
        text.encode(), "x.csv", ["BOAALB"], lambda n: n if n in known else None, recording
    )


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nstart;end;label\n1.0;2.5;BOAALB_F\n",
        '"sep=,"\nstart,end,label\n1.0,2.5,BOAALB_F\n',
        "sep=|\nstart|end|label\n1.0|2.5|BOAALB_F\n",
        "start,end,label,,,\n1.0,2.5,BOAALB_F,,,\n",
        "start,end,label,,,\n1.0,2.5,BOAALB_F\n",
        '"start";"end";"label"\r\n"1.0";"2.5";"BOAALB_F"\r\n;;\r\n',
    ],
)
def test_harmless_habits_of_spreadsheets(text):
    reading = read(text)
    assert (reading.annotations, reading.problems) == ({"A": [BOA]}, [])


def test_a_line_keeps_its_number_behind_the_separator():
    (problem,) = read("sep=;\nstart;end;label\nx;2;B\n").problems
    assert problem.line == 3


def test_problems_know_their_recording():
    text = "recording,start,end,label\nA,x,2,B\nB,1,2,B\nB,1,2\nC,x,2,B\nB,1,,B\n"
    found = read(text, None).problems
    assert [(problem.line, problem.recording) for problem in found] == [(2, "A"), (4, ""), (6, "B")]


@pytest.mark.parametrize(
    "text", ["first,last,what\n1,2,B\n", 'start,end,label\n1,2,B\n1,2,"B"x"\n']
)
def test_what_hides_all_that_follows_is_of_the_whole_file(text):
    assert [problem.whole for problem in read(text).problems] == [True]


def test_calls_that_stand_twice():
    text = "recording,start,end,label\nA,1,2.5,BOAALB_F\nB,1,2.5,BOAALB_F\nA,1.0,2.50,BOAALB_L\n"
    reading = read(text, None)
    assert reading.annotations == {"A": [BOA], "B": [BOA]}
    (problem,) = reading.problems
    assert (problem.line, problem.recording) == (4, "A")
    assert problem.found == "the same call as in line 2"
