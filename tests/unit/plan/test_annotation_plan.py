"""Annotations of a config, and digests of what each job uses of them."""

import pytest

from anurans.common.errors import UserError
from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.config import load
from anurans.plan.recording_plan import RecordingPlan


@pytest.fixture
def plan(tmp_path):
    """Give a function that plans three recordings, two of them annotated."""
    for name in ("R1", "R2", "R3"):
        (tmp_path / f"{name}.wav").touch()
    (tmp_path / "R1.txt").write_text("1\t2\tA\n3\t4\tB\n")
    (tmp_path / "R2.txt").write_text("")

    def make(**settings):
        given = {
            "recordings": {"source": str(tmp_path)},
            "annotations": {"source": str(tmp_path)},
            "species": {"A": "a", "B": "b"},
            "backbones": {"net": {"architecture": "MobileNet", "weights": "random"}},
            "shards": 1,
        }
        config = load(given | settings, "config")
        return AnnotationPlan(config, RecordingPlan(config))

    return make


def test_who_was_listened_to(plan, tmp_path):
    found = plan()
    assert found.path() == str(tmp_path)
    assert [each.recording for each in found.annotated] == ["R1", "R2"]
    assert found.files("0000") == {name: f"{tmp_path}/{name}.txt" for name in ("R1", "R2")}
    assert set(found.digests()) == {"R1", "R2"}
    assert set(found.digests_of("0000")) == {"R1", "R2", "R3"}


def test_a_correction_changes_the_digests_of_its_recording_alone(plan, tmp_path):
    before = plan()
    one, every, counted = before.digests_of("0000"), before.digest(), before.counts()
    (tmp_path / "R1.txt").write_text("1\t2.5\tA\n3\t4\tB\n")
    after = plan()
    changed = {name for name, digest in after.digests_of("0000").items() if one[name] != digest}
    assert changed == {"R1"}
    assert after.digest() != every
    # Written otherwise, and the same.
    counted, every = after.counts(), after.digest()
    (tmp_path / "R1.txt").write_text("1.0\t2.50\tA\n3\t4\tB\n")
    assert (plan().digest(), plan().counts()) == (every, counted)


def test_tables_of_statements_are_inputs_of_what_they_tell_of(plan, tmp_path):
    lines = {
        "verdicts.csv": "R1,0,5,B,yes\nR2,,,A,no\n",
        "more.csv": "R3,5,10,A,yes\nR3,,,B,yes\nR3,,,B,unsure\n",
        "other.csv": "R9,5,10,A,yes\nR1,,,dog,yes\n",
    }
    paths = [str(tmp_path / name) for name in lines]
    for name, text in lines.items():
        (tmp_path / name).write_text("recording,start,end,species,answer\n" + text)
    partial = {"source": str(tmp_path), "partial": paths}
    before, found = plan(), plan(annotations=partial)
    assert found.path() == [str(tmp_path), *paths[:2]]
    assert found.every_path() == [str(tmp_path), *paths]
    assert found.path_for(["R2"]) == found.path_for(["R1"], lambda *_: False) == str(tmp_path)
    assert found.path_for(["R3"]) == [str(tmp_path), paths[1]]
    assert found.settings == before.settings
    assert [each.recording for each in found.annotated] == ["R1", "R2", "R3"]
    assert found.labelled == found.annotated
    assert found.present() == {"A": {"R1", "R3"}, "B": {"R1"}}
    # What is annotated as a whole is known by its clips.
    assert found.calling() == {"A": ["R3"], "B": ["R3"]} and before.calling() == {}
    assert found.files("0000") == before.files("0000")
    changed = found.digests_of("0000")
    assert {name for name in changed if changed[name] != before.digests_of("0000")[name]} == {
        *("R1", "R3")
    }
    assert plan(annotations=partial | {"partial": paths[2:]}).path() == str(tmp_path)
    with pytest.raises(UserError, match=r"annotations\.partial: nowhere\.csv does not exist"):
        plan(annotations=partial | {"partial": ["nowhere.csv"]}).path()
    (tmp_path / "more.csv").write_text("recording,start,end,species,answer\nR1,0,5,A,no\n")
    with pytest.raises(UserError, match=r"R1\.txt, line 1, has a call from 1 to 2 s"):
        plan(annotations=partial).path()


def test_a_recording_with_nothing_but_presence_has_no_label(plan, tmp_path):
    (tmp_path / "weak.csv").write_text("recording,A\nR3,1\n")
    found = plan(annotations={"source": str(tmp_path), "partial": [str(tmp_path / "weak.csv")]})
    assert [each.recording for each in found.annotated] == ["R1", "R2", "R3"]
    assert [each.recording for each in found.labelled] == ["R1", "R2"]


def test_annotations_decide_what_is_copied_where_species_are_named_alone(plan, tmp_path):
    every, some = plan(), plan(augmentation={"species": ["A"]})
    assert every.copied_path("0000") == []
    assert every.copied_files("0000") is every.copied_digest("0000") is None
    assert some.copied_path("0000") == str(tmp_path)
    assert some.copied_files("0000") == some.files("0000")
    before = some.copied_digest("0000")
    (tmp_path / "R1.txt").write_text("1\t2\tA\n3\t4.5\tB\n")
    assert plan(augmentation={"species": ["A"]}).copied_digest("0000") == before
    (tmp_path / "R1.txt").write_text("1\t2.5\tA\n3\t4.5\tB\n")
    assert plan(augmentation={"species": ["A"]}).copied_digest("0000") != before


def test_without_recordings_the_reason_is_told(plan):
    found = plan(recordings={"source": "nowhere"})
    with pytest.raises(UserError, match=r"^recordings\.source: nowhere does not exist"):
        found.path()
