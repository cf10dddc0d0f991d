"""What is said of rules, of this workflow and of others."""

from anurans.common.rule_facts import RULES, Facts, facts_of


def test_a_rule_of_others_has_facts_too():
    assert facts_of("embed_sound") is RULES["embed_sound"]
    other = facts_of("mow_lawn")
    assert other == Facts(("mow_lawn job", "mow_lawn jobs"))
    assert (other.group, other.per_clip, other.settings, other.tells) == ("", 0.0, {}, "")


def test_what_imports_more_starts_later():
    cheap, drawn, keras = (
        facts_of(name).start for name in ("label_clips", "plot_models", "export_backbone")
    )
    assert 0 < cheap < drawn < keras
