import pytest

from anurans.common.wording import name_jobs
from anurans.engine.outdated import Job, Plan, estimate, explain, report

COMPUTED = {"train_model": 2, "label_clips": 2}


def job(rule, params=None, before=None, **others):
    """A job that was given `before` at its last run; what is not there was as it is now."""
    params = params or {}
    before = params if before is None else params | before
    recorded = others.pop("recorded", frozenset(map(repr, before.values())))
    return Job(rule, params=params, recorded=recorded, **others)


def labels(shard, digests, before=None, **others):
    params = {"recordings": ["A", "B", "C"], "annotations": digests, "code": "0" * 16}
    before = before and {"annotations": before}
    return job("label_clips", params, before, wildcards={"shard": shard}, **others)


def train(params=None, before=None, **others):
    wildcards = {"split": "s", "backbone": "b", "dataset": "d", "recipe": "r", "fold": "1"}
    return job("train_model", params, before, wildcards=wildcards, **others)


def reasons(*jobs, **computed):
    found = explain(Plan(jobs, computed or COMPUTED))
    return {reason: name_jobs(job.rule for job in jobs) for reason, jobs in found.items()}


def test_nothing_to_do_and_nothing_done_yet():
    assert report(Plan([]), {}, "on 2 cores", 2) == "Everything is up to date."
    jobs = [Job("cut_clips"), Job("cut_clips"), Job("train_model", needs=(0, 1))]
    assert report(Plan(jobs, {"cut_clips": 0}), {}, "on 2 cores", 2) == (
        "Nothing has been computed yet: 2 clip jobs and 1 training.\n"
        "3 jobs; no earlier run tells how long they take, snakemake runs has an "
        "estimate."
    )


def test_recordings_with_new_annotations_are_counted_once():
    digest, other = "a" * 16, "b" * 16
    before = {"A": digest, "B": digest, "C": digest}
    changed = before | {"A": other, "B": other}
    jobs = [
        labels("0000", changed, before),
        labels("0000", changed, before),
        train({"annotations": digest}, {"annotations": other}),
        job("evaluate_model", needs=(0, 1, 2)),
        job("collect_annotations", {"counts": digest}, {"counts": other}),
        job("summarize_runs", needs=(3, 4)),
    ]
    assert reasons(*jobs) == {
        "2 recordings have new annotations": (
            "2 label jobs, 1 training, 1 evaluation, the table of annotations and the summary"
        )
    }


def test_a_digest_of_a_shard_tells_no_recording():
    jobs = [labels("0000", "a" * 16, "b" * 16), labels("0001", "c" * 16, "d" * 16)]
    assert list(reasons(*jobs)) == ["Recordings of 2 shards have new annotations"]
    alone = train({"annotations": "a" * 16}, {"annotations": "b" * 16})
    assert list(reasons(alone)) == ["Some recordings have new annotations"]


def test_annotations_that_are_only_counted():
    counted = job("collect_annotations", {"counts": "a" * 16}, {"counts": "b" * 16})
    assert list(reasons(counted)) == [
        "Annotations of other species, or of no recording, have changed"
    ]


def test_other_recordings_explain_the_digests_that_they_change():
    names = ["A", "B", "NEW"]
    was = {"recordings": ["A", "B", "C", "D"], "annotations": "b" * 16}
    jobs = [
        job("inspect_recordings", {"recordings": ["NEW"]}, recorded=None, missing=("0001.tsv",)),
        train({"recordings": names, "annotations": "a" * 16}, was, needs=(0,)),
    ]
    jobs[0].wildcards["shard"] = "0001"
    assert reasons(*jobs) == {
        "1 recording is new, 2 recordings are gone": "1 inspection of recordings and 1 training"
    }


def test_channels_of_new_recordings_are_no_other_channels():
    said = "audio.channel, or channels of recordings, have changed"
    names = job("inspect_recordings", {"recordings": ["A", "B"]}, {"recordings": ["A"]})

    def checked(now):
        return job("check_recordings", {"channels": now}, {"channels": {"A": "mix"}}, needs=(0,))

    assert list(reasons(names, checked({"A": "mix", "B": "left"}))) == ["1 recording is new"]
    assert said in reasons(names, checked({"A": "left", "B": "left"}))


def test_new_recordings_to_listen_to_do_not_explain_a_corrected_annotation():
    jobs = [
        job("collect_detections", {"names": ["M", "N"]}, {"names": ["M"]}),
        train({"annotations": "a" * 16}, {"annotations": "b" * 16}),
    ]
    found = reasons(*jobs)
    assert found["Some recordings have new annotations"] == "1 training"
    assert "1 recording is new" in found and "training" not in found["1 recording is new"]


def test_recordings_in_other_shards_are_not_new():
    jobs = [
        job(
            "inspect_recordings", {"recordings": ["A"]}, {"recordings": ["A", "B"]},
            wildcards={"shard": "0000"},
        ),
        job(
            "inspect_recordings", {"recordings": ["B"]}, recorded=None, missing=("0001.tsv",),
            wildcards={"shard": "0001"},
        ),
    ]  # fmt: skip
    assert reasons(*jobs) == {
        "Recordings are in other shards, or in another order": "2 inspections of recordings"
    }


def test_what_a_run_that_was_cut_off_left_is_not_new():
    left = job(
        "cut_clips", {"recordings": ["A"]}, recorded=None, missing=("0000.h5",),
        wildcards={"shard": "0000"},
    )  # fmt: skip
    done = job("collect_annotations", {"recordings": ["A", "B"], "counts": "a"}, {"counts": "b"})
    assert list(reasons(left, done, cut_clips=1)) == [
        "Annotations of other species, or of no recording, have changed",
        "Not computed yet",
    ]


def test_newer_audio_counts_but_not_that_of_new_recordings():
    files = frozenset({"a.wav", "new.wav"})
    newer = (("recordings", "a.wav"), ("recordings", "new.wav"))
    inspected = job(
        "inspect_recordings", {"recordings": ["a", "new"]}, {"recordings": ["a"]},
        wildcards={"shard": "0000"}, inputs=files, recorded_inputs=files - {"new.wav"}, newer=newer,
    )  # fmt: skip
    assert list(reasons(inspected)) == ["1 recording is new", "1 recording has newer audio"]


@pytest.mark.parametrize(
    ("rule", "now", "then", "said"),
    [
        (
            "train_model",
            {"recipe": {"learning_rate": 0.1, "epochs": 2}, "labelling": {"rule": "any"}},
            {"recipe": {"learning_rate": 0.2, "epochs": 2}, "labelling": {"rule": "default"}},
            [
                'labelling.rule is "any", was "default"',
                "recipes.r.learning_rate is 0.1, was 0.2",
            ],
        ),
        ("evaluate_model", {"resamples": 9}, {"resamples": 8}, "evaluation.resamples is 9, was 8"),
        (
            "evaluate_model",  # which was which cannot be told
            {"resamples": 9, "seed": 1},
            {"resamples": 8, "seed": 2},
            ["evaluation.resamples has changed", "seed has changed"],
        ),
        (
            "export_backbone",
            {"settings": {"weights": "random", "layers": {"n": 1}}},
            {"settings": {"weights": "imagenet", "layers": {"n": 2}}},
            [
                "backbones.b.layers.n is 1, was 2",
                'backbones.b.weights is "random", was "imagenet"',
            ],
        ),
        ("label_clips", {"settings": {"species": ["A"]}}, {"settings": {"species": ["B"]}},
         'species is ["A"], was ["B"]'),
        ("mask_spectrograms", {"image": {"sr": 8, "samples": 80}},
         {"image": {"sr": 9, "samples": 90}}, "audio.sr is 8, was 9"),
        ("assign_roles", {"by_clip": None}, {"by_clip": {"salt": "1"}}, "splits.s has changed"),
        (
            "export_backbone",
            {"settings": {"weights": "random"}},
            {"settings": {"alpha": 1, "weights": "random"}},
            "backbones.b.alpha is gone",
        ),
        ("draw_lots", {"lots": 3}, {"lots": 4}, "lots of draw_lots is 3, was 4"),
    ],
)  # fmt: skip
def test_settings_are_told_by_their_place_in_the_config(rule, now, then, said):
    changed = job(rule, now, then, wildcards={"split": "s", "backbone": "b", "recipe": "r"})
    assert list(reasons(changed)) == ([said] if isinstance(said, str) else said)


def test_what_one_job_cannot_tell_another_may():
    assert list(
        reasons(
            job("cut_clips", {"length": 4, "sr": 8}, {"length": 5, "sr": 9}),
            job("inspect_recordings", {"length": 4}, {"length": 5}),
        )
    ) == ["audio.sr has changed", "clips.length is 4, was 5"]


def test_a_split_by_clip_explains_the_digests_that_it_changes():
    dealt = job(
        "assign_roles", {"by_clip": {"salt": "2"}}, {"by_clip": {"salt": "1"}},
        wildcards={"split": "s"},
    )  # fmt: skip
    trained = train({"annotations": "a" * 16}, {"annotations": "b" * 16}, needs=(0,))
    assert reasons(dealt, trained) == {'splits.s.salt is "2", was "1"': "1 split and 1 training"}


def test_params_that_follow_from_others_are_told_alone_only():
    new = train(missing=("metrics.tsv",), recorded=None)
    checked = job("check_leakage", {"runs": [1, 2]}, {"runs": [1]}, needs=(0,))
    assert reasons(new, checked) == {"1 run is new": "1 training and 1 check"}
    alone = job("check_leakage", {"runs": [1, 2]}, {"runs": [1]})
    assert list(reasons(alone)) == ["runs of check_leakage is [1, 2], was [1]"]


def test_roles_that_changed_and_roles_that_came_with_new_recordings():
    roles = {"A": {"1": "train"}, "B": {"1": "train"}}
    moved = job(
        "assign_roles", {"roles": roles}, {"roles": roles | {"A": {"1": "test"}}},
        wildcards={"split": "s"},
    )  # fmt: skip
    trained = train({"annotations": "a" * 16}, {"annotations": "b" * 16}, needs=(0,))
    assert reasons(moved, trained) == {
        "1 recording has another role in the split s": "1 split and 1 training"
    }


def test_techniques_of_a_dataset():
    files = {name: f"results/embeddings/b/{name}/0000.h5" for name in ("original", "time_mask")}
    inputs = {
        "inputs": frozenset({files["original"]}),
        "recorded_inputs": frozenset(files.values()),
    }
    assert list(reasons(train(**inputs))) == ["datasets.d.techniques has changed"]
    now, then = {"d": {"techniques": list(files)[:1]}}, {"d": {"techniques": list(files)}}
    table = job("tabulate_datasets", {"datasets": now}, {"datasets": then})
    assert reasons(train(**inputs), table) == {
        'datasets.d.techniques is ["original"], was ["original", "time_mask"]': (
            "1 training and 1 table"
        )
    }


def test_code():
    changed = [
        job(rule, {"code": "a" * 16}, {"code": "b" * 16}) for rule in ("cut_clips", "train_model")
    ]
    assert list(reasons(*changed)) == ["The code of cut_clips and train_model has changed"]


def test_templates_of_pages():
    pages = [
        job("render_table", {"template": "b" * 16, "code": "c" * 16}, {"template": "a" * 16}),
        job("write_drift", {"template": "d" * 16}, {"template": "e" * 16}),
    ]
    assert reasons(*pages) == {"Templates of pages have changed": "2 pages of the report"}


def test_missing_new_cut_off_and_forced():
    known = train(missing=("head.keras",))
    assert list(reasons(known)) == ["1 result is missing (head.keras)"]
    new = train(missing=("head.keras",), recorded=None)
    evaluated = job("evaluate_model", missing=("metrics.tsv",), recorded=None, needs=(0,))
    assert reasons(new, evaluated) == {"1 run is new": "1 training and 1 evaluation"}
    later = train(missing=("head.keras",), recorded=None, needs=(0,))
    assert list(reasons(job("cut_clips", {"seed": 1}, {"seed": 2}), later)) == [
        "1 run is new",
        "seed is 1, was 2",
    ]
    assert list(reasons(new, label_clips=1)) == ["Not computed yet"]
    assert list(reasons(train(cut_off=True, forced=True))) == ["1 job was cut off"]
    assert list(reasons(train(forced=True))) == ["Asked for by force"]


def test_temporary_files_are_made_again_for_those_that_need_them():
    clips = job("cut_clips")
    images = job("compute_spectrograms", {"code": "a" * 16}, {"code": "b" * 16}, needs=(0,))
    assert reasons(clips, images) == {
        "The code of compute_spectrograms has changed": "1 clip job and 1 spectrogram job"
    }


def test_files_that_moved_and_runs_that_are_not_asked_for():
    audio = job(
        "inspect_recordings", inputs=frozenset({"to/a.wav"}), recorded_inputs=frozenset({"a.wav"})
    )
    assert list(reasons(audio)) == ["1 file has moved"]
    runs = frozenset({"1/metrics.tsv", "2/metrics.tsv"})
    fewer = job("summarize_runs", inputs=runs - {"2/metrics.tsv"}, recorded_inputs=runs)
    assert list(reasons(fewer)) == ["1 run is no longer asked for"]


def test_a_job_without_a_known_reason_is_still_told():
    assert list(reasons(job("cut_clips"))) == ["Other reasons (snakemake -n tells them)"]


def test_report_sums_up():
    plan = Plan(
        [
            train({"recipe": {"l2": 1}}, {"recipe": {"l2": 0}}, benchmark="1.tsv"),
            job("evaluate_model", {"seed": 1}, {"seed": 2}, needs=(0,)),
            job("plot_models", needs=(1,)),
        ],
        COMPUTED,
        locked=True,
    )
    times = {"train_model": {"1.tsv": 300.0, "2.tsv": 900.0}, "evaluate_model": {"1.tsv": 60.0}}
    assert report(plan, times, "on 8 cores", 8) == (
        "A run is going on in this folder, or was killed (then: snakemake --unlock). What follows "
        "counts what it has not finished.\n"
        "recipes.r.l2 is 1, was 0: 1 training, 1 evaluation and 1 figure.\n"
        "seed is 1, was 2: 1 evaluation and 1 figure.\n"
        "Together 3 jobs, about 6 minutes on 8 cores, and 1 job that was never timed."
    )


def test_estimate():
    times = {"train_model": {"1.tsv": 10.0, "2.tsv": 30.0}}
    alike = [train(benchmark=f"{i}.tsv") for i in range(1, 5)]
    assert estimate(alike, times, 2) == (40.0, [])  # 10 + 30 + 20 + 20, shared by two
    assert estimate(alike, times, 100)[0] == 30.0
    assert estimate([train(threads=2), train(threads=8)], times, 4)[0] == 30.0
    chain = [train(benchmark="1.tsv"), train(benchmark="2.tsv", needs=(0,))]
    assert estimate(chain, times, 8)[0] == 40.0
    other = job("plot_models")
    assert estimate([other], times, 8) == (0.0, [other])
    assert estimate([], times, 8) == (0.0, [])
