"""What is said of each rule outside of its file, in the order of the work.

What people are told, guesses of costs and reasons derive from this table; that `groups` of
profiles/slurm, which Snakemake reads itself, is in step with it, a test holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Of what the jobs of a rule tell more than others: of which shards there are (by their inputs), of
# which annotations have changed, of which runs there are.
SHARDS, ANNOTATIONS, RUNS = "shards", "annotations", "runs"

COPIES = "plan of copies", "plans of copies"
BACKBONE, MODEL = ("backbone", "backbones"), ("model", "models")
EMBEDDING = "embedding job", "embedding jobs"
TABLE, FIGURE = ("table", "tables"), ("figure", "figures")
EXPORT = "export", "exports"
QUEUE = "queue", "queues"
PAGE = "page of the report", "pages of the report"
# Seconds to import matplotlib and what is drawn with it.
DRAWING = 1.8


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a rule.

    Attributes
    ----------
    noun
        What people call its jobs: one, and many; None where there is but one of them.
    group
        The group of its jobs on a cluster; empty where each goes alone.
    start
        Seconds that a job takes whatever its size: mostly what it imports.
    per_clip
        Seconds for one clip of 5 s, on one core.
    settings
        Where the values of its params stand in the config, of those that stand elsewhere in other
        rules; `anurans.engine.changed_settings` knows the others.
    tells
        SHARDS, ANNOTATIONS or RUNS; empty for most.
    """

    noun: tuple[str, str | None]
    group: str = ""
    start: float = 0.3
    per_clip: float = 0.0
    settings: Mapping[str, str] = field(default_factory=dict)
    tells: str = ""


RULES = {
    "synthesise_recording": Facts(("demo recording", "demo recordings"), "recordings", start=1.0),
    "inspect_recordings": Facts(
        ("inspection of recordings", "inspections of recordings"), "recordings", per_clip=0.0005
    ),
    "check_recordings": Facts(("the check of recordings", None), "tables", tells=SHARDS),
    "collect_recordings": Facts(("the table of recordings", None), "tables"),
    "list_unread": Facts(("the table of files that are not read", None), "tables"),
    "cut_clips": Facts(("clip job", "clip jobs"), "images", per_clip=0.005),
    "plan_stretches": Facts(COPIES, "tables", settings={"species": "augmentation.species"}),
    "plan_masks": Facts(COPIES, "tables", settings={"species": "augmentation.species"}),
    "stretch_time": Facts(("stretching job", "stretching jobs"), "images", start=0.5),
    "compute_spectrograms": Facts(
        ("spectrogram job", "spectrogram jobs"),
        "images",
        start=0.4,
        per_clip=0.005,
        settings={"settings": "spectrogram"},
    ),
    "mask_spectrograms": Facts(("masking job", "masking jobs"), "images", per_clip=0.002),
    "export_backbone": Facts(BACKBONE, start=10.0, settings={"settings": "backbones.{backbone}"}),
    "export_sound_network": Facts(
        BACKBONE, start=5.0, settings={"settings": "backbones.{backbone}"}
    ),
    "embed_spectrograms": Facts(EMBEDDING, "embeddings", start=0.8),
    "embed_sound": Facts(EMBEDDING, "embeddings", start=1.0),
    "score_classes": Facts(("job of own classes", "jobs of own classes"), "embeddings", start=1.0),
    "label_clips": Facts(("label job", "label jobs"), "tables", per_clip=0.0005, tells=ANNOTATIONS),
    "assign_roles": Facts(("split", "splits"), "tables"),
    "train_model": Facts(("training", "trainings"), "training", start=0.5, tells=RUNS),
    "finetune_model": Facts(("training of a network", "trainings of networks"), start=20.0),
    "assemble_model": Facts(MODEL, start=8.0, settings={"audio": "audio", "clips": "clips"}),
    "assemble_sound_model": Facts(
        MODEL,
        "training",
        start=1.0,
        settings={
            "channel": "audio.channel",
            "clips": "clips",
            "combine": "backbones.{backbone}.combine",
            "settings": "backbones.{backbone}",
        },
    ),
    "evaluate_model": Facts(("evaluation", "evaluations"), "training", start=0.5),
    "collect_annotations": Facts(("the table of annotations", None), "tables"),
    "assemble_detector": Facts(
        ("the detector", None), "detector", settings={"combine": "backbones"}
    ),
    "tune_detector": Facts(("its thresholds", None), "detector"),
    "judge_refit": Facts(("the scores of the refit", None), "detector", start=0.5),
    "export_detector": Facts(
        ("the finished model", None), "monitoring", settings={"clips": "clips"}
    ),
    "detect_calls": Facts(("day of detection", "days of detection"), "detections"),
    "find_events": Facts(("day of events", "days of events"), "detections"),
    "collect_detections": Facts(("the table of events", None), "monitoring"),
    "synthesise_season": Facts(
        ("recording of the demo's season", "recordings of the demo's season"), "recordings"
    ),
    "profile_recordings": Facts(("profile of recordings", "profiles of recordings"), "recordings"),
    "collect_profiles": Facts(TABLE, "monitoring"),
    "measure_drift": Facts(TABLE, "monitoring"),
    "tabulate_activity": Facts(TABLE, "monitoring"),
    "expect_precision": Facts(TABLE, "monitoring"),
    "tabulate_sun": Facts(TABLE, "monitoring"),
    "judge_events": Facts(TABLE, "monitoring"),
    "count_by_site": Facts(("day by site", "days by site"), "detections"),
    "settle_answers": Facts(EXPORT, "exports"),
    "write_histories": Facts(
        ("the detection histories", None), "exports", settings={"occasion": "export.occasion"}
    ),
    "write_activity": Facts(EXPORT, "exports"),
    "write_selections": Facts(EXPORT, "exports"),
    "package_season": Facts(EXPORT, "exports", settings={"export": "export"}),
    "package_annotations": Facts(EXPORT, "exports", settings={"export": "export"}),
    "write_occurrences": Facts(EXPORT, "exports", settings={"export": "export"}),
    "list_left_out": Facts(EXPORT, "exports"),
    "list_exports": Facts(EXPORT, "exports"),
    "tabulate_models": Facts(TABLE, "results"),
    "tabulate_intervals": Facts(TABLE, "results"),
    "tabulate_presence": Facts(TABLE, "results"),
    "tabulate_comparisons": Facts(TABLE, "results"),
    "calibrate_models": Facts(TABLE, "results"),
    "tabulate_events": Facts(TABLE, "results"),
    "tabulate_field_scores": Facts(TABLE, "results"),
    "tabulate_optimism": Facts(TABLE, "results"),
    "tabulate_sites": Facts(TABLE, "results"),
    "tabulate_labelling": Facts(TABLE, "results"),
    "tabulate_datasets": Facts(TABLE, "results"),
    "tabulate_costs": Facts(TABLE, "results"),
    "tabulate_stage1": Facts(TABLE, "results"),
    "tabulate_stage3": Facts(TABLE, "results"),
    "tabulate_hypotheses": Facts(TABLE, "results"),
    "typeset_table": Facts(TABLE, "results"),
    "check_leakage": Facts(("check", "checks"), "results"),
    "trace_runs": Facts(("the provenance", None), "results"),
    "write_overview": Facts(PAGE, "results"),
    "render_scores": Facts(PAGE, "results"),
    "render_table": Facts(PAGE, "results"),
    "render_setup": Facts(PAGE, "results"),
    "write_model_card": Facts(PAGE, "results"),
    "write_monitoring": Facts(PAGE, "monitoring"),
    "write_drift": Facts(PAGE, "monitoring"),
    "draw_check": Facts(QUEUE),
    "draw_count": Facts(QUEUE),
    "draw_doubt": Facts(QUEUE, start=1.5),
    "choose_candidates": Facts(("the candidates to suggest", None)),
    "embed_day": Facts(("day of embeddings", "days of embeddings"), "days"),
    "suggest_clips": Facts(("the suggestions", None)),
    "draw_teach": Facts(QUEUE),
    "search_clips": Facts(("the search", None), settings={"search": "search"}),
    "render_review": Facts(("review page", "review pages"), start=0.5),
    "collect_verdicts": Facts(("the table of verdicts", None), "review"),
    "count_listened": Facts(TABLE, "review"),
    "check_thresholds": Facts(TABLE, "review", settings={"precision": "review.precision"}),
    "correct_annotations": Facts(TABLE, "review"),
    "measure_corrections": Facts(TABLE, "review"),
    "plot_copies": Facts(FIGURE, "results", start=DRAWING),
    "plot_annotations": Facts(FIGURE, "results", start=DRAWING),
    "plot_split": Facts(FIGURE, "results", start=DRAWING),
    "plot_models": Facts(FIGURE, "results", start=DRAWING),
    "plot_optimism": Facts(FIGURE, "results", start=DRAWING),
    "plot_costs": Facts(FIGURE, "results", start=DRAWING),
    "plot_learning_curves": Facts(FIGURE, "results", start=DRAWING),
    "plot_precision_recall": Facts(FIGURE, "results", start=DRAWING),
    "plot_reliability": Facts(FIGURE, "results", start=DRAWING),
    "plot_hours": Facts(FIGURE, "results", start=DRAWING),
    "plot_field_scores": Facts(FIGURE, "results", start=DRAWING),
    "plot_sites": Facts(FIGURE, "results", start=DRAWING),
    "plot_pipeline": Facts(FIGURE, "results", start=DRAWING),
    "plot_best_by_dataset": Facts(FIGURE, "results", start=DRAWING),
    "plot_folds": Facts(FIGURE, "results", start=DRAWING),
    "plot_size": Facts(FIGURE, "results", start=DRAWING),
    "plot_calendar": Facts(FIGURE, "monitoring", start=DRAWING),
    "plot_season": Facts(FIGURE, "monitoring", start=DRAWING),
    "plot_sun": Facts(FIGURE, "monitoring", start=DRAWING),
    "plot_night": Facts(FIGURE, "monitoring", start=DRAWING),
    "plot_drift": Facts(FIGURE, "monitoring", start=DRAWING),
    "summarize_runs": Facts(("the summary", None), "results"),
}


def facts_of(rule: str) -> Facts:
    """What is said of a rule, or of one that is not of this workflow."""
    return RULES.get(rule) or Facts((f"{rule} job", f"{rule} jobs"))


def rule_that_tells(what: str) -> str:
    """Name of the rule whose jobs tell of SHARDS, ANNOTATIONS or RUNS."""
    return next(name for name, facts in RULES.items() if facts.tells == what)
