"""Writes the model card that lies beside the weights."""

from __future__ import annotations

import msgspec

from coach.bench.mood import MoodRow
from coach.engine.talk.distress import TABLE_BITS, DistressModelFacts


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Training sentences by set."""

    goemotions: int
    convabuse: int
    multidogo: int
    natcs: int
    own: int


def card(facts: DistressModelFacts, counts: Counts, rows: list[MoodRow]) -> str:
    """The card as Markdown; ``rows`` are the figures on the measuring sets, if any."""
    figures = "\n".join(
        f"| {row.name} | {row.sentences} | {row.unhappy} | {row.vader:.3f} | {row.overlaid:.3f}"
        f" | {row.distress:.3f} | {row.found:.0%} | {row.false:.1%} |"
        for row in rows
    )
    return _CARD.format(
        facts=facts,
        counts=counts,
        figures=figures or "| not measured | | | | | | | |",
        size=2 << TABLE_BITS,
        bits=TABLE_BITS,
    )


_CARD = """\
# Distress model, English

| | |
|---|---|
| weights | `distress_en.bin`, {size} bytes, SHA-256 `{facts.sha256}` |
| read by | `coach/engine/talk/distress.py`, with the word groups of `lexicon_en.toml` |
| trained | {facts.trained}, by `coach/training/distress/train_distress.py`, fixed seed |
| licence | Apache-2.0, as the rest of the program; the table holds no text |

## What it does

Two logistic regressions over hashed features (words, runs of words, runs of letters, word
groups), 2^{bits} weights of one byte each. `distress` says how much distress a caller's
sentence shows, `abuse` how abusive it is of the listener; both 0 to 1. They drive the mood of
the call and, past a threshold, rules. They judge one sentence, never a person, and are never
applied to rate an agent.

## Trained on

| set | sentences | licence | role |
|---|---|---|---|
| GoEmotions (train) | {counts.goemotions} | Apache-2.0 | feelings in everyday English |
| ConvAbuse (train) | {counts.convabuse} | CC BY 4.0 | abuse of an assistant |
| MultiDoGO (train) | {counts.multidogo} | CDLA-Permissive-1.0 | polite customers |
| NatCS | {counts.natcs} | CDLA-Permissive-2.0 | spoken requests |
| own phrases | {counts.own} | this project | complaints, corrections, requests, thanks |

ConvAbuse is by A. Cercas Curry, G. Abercrombie and V. Rieser (2021); changes: reduced to
hashed feature weights. GoEmotions counts anger, annoyance, disappointment, disapproval,
disgust, embarrassment, fear, grief, nervousness and sadness as distress. Own phrases are drawn
from `coach/training/distress/phrases_en.toml`, each group with its own degree. The border of 0.5 is
set so that 99.5 % of the customer turns in MultiDoGO's test part stay under it.

## Figures

Area under the ROC curve, on sets that trained nothing (MAIA customer chats; tweets to
airlines; user satisfaction under 2.5 in task dialogues; ConvAbuse's validation part), and what
a border of 0.5 finds and falsely finds. `coach alarms --mood FOLDER` measures them again.

| set | sentences | unhappy | VADER | with overlay | distress | found | false |
|---|---|---|---|---|---|---|---|
{figures}

## Limits

- English only; written for British and American callers. Slang and dialect are seen only as
  far as GoEmotions has them.
- It hears words, not tone: sarcasm and icy politeness pass, and a story about something
  terrible scores although the caller is content.
- One or two words are no evidence; the mood tracker scores no turn under three.
- Corrections of a request ("no, the other one") score a little, on purpose: unhappiness with a
  service often shows no other way. They stay near the border.
- Identity words can raise the abuse figure, because abusers use them in the training set. No
  prompt rests on the figure alone.
"""
