"""What measures does not train."""

from __future__ import annotations

import pytest
from meaning_count import kept_back
from meaning_subjects import FILE, FURTHER, OTHERS, count, others

from coach.training.meaning.lines import (
    FOLDER,
    read_folder,
    read_lines,
    read_ordinary,
    read_weighed,
)


def test_no_kept_back_line_trains() -> None:
    trained = {line.text.lower() for line in (*read_lines(), *read_weighed())}
    trained.update(text.lower() for part in read_ordinary() for text in part)
    later = [path.stem for path in (FOLDER.parent / "later").glob("*.tsv")]
    trained.update(line.text.lower() for line in read_folder(FOLDER.parent / "later", later))
    kept = {text.lower() for _, _, text in kept_back()}
    assert len(kept) > 700
    assert not kept & trained


@pytest.mark.meaning
def test_rules_on_subjects_far_from_every_cue_are_told_apart() -> None:
    said = [one for file in (FILE, OTHERS, FURTHER) for one in count(file)]
    assert len(said) == 56 + 96 + 60
    assert sum(one.nearest == one.subject for one in said) >= 129


@pytest.mark.meaning
def test_a_teams_own_sentences_find_other_words_where_no_cue_is_near() -> None:
    callers, near = others(kept_back=False)
    assert (len(callers), len(near)) == (96, 48)
    assert sum(rate <= 1.0 for rate in callers) >= 12
    assert sum(rate <= 1.0 for rate in near) <= 8
