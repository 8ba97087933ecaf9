"""How far a match is believed: its severity, and the evidence for it.

Two things lower a severity. Words that are negated or quoted count one less, and at zero they
are no match. Severe conduct (3 or more) needs two pieces of evidence, because recognisers
mishear insults: a raised voice, another conduct cue shortly before, or words that the
recogniser is sure of. Hate and sexual remarks need no second evidence, and neither do threats
and dangers, which are other tracks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from coach.engine.cues.occasion import CallState, Truth
from coach.engine.talk.heard import HeardWords
from coach.events import Channel, CueMatched, Evidence, Track
from coach.parameters import number, seconds, share
from rules.definition.conditions import Speaker
from rules.definition.roles import Family, Role
from rules.definition.rule import Rule
from rules.definition.selection import chosen


class CueSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a match is believed."""

    two_evidence_from: Annotated[int, number(1, 5, "severity")] = 3
    """Severity from which conduct needs a second piece of evidence (cue catalogue)."""
    one_is_enough: tuple[str, ...] | None = None
    """Rules whose words alone are enough: ids, or families such as ``conduct.*``; None means
    those with the role ``plain_enough``."""
    repeat_s: Annotated[float, seconds(0, 7200)] = 180.0
    """Seconds for which an earlier conduct cue counts as the second piece of evidence."""
    raised: Annotated[float, share()] = 0.5
    """Certainty of a raised voice (0 to 1) that counts as the second piece of evidence."""
    sure_word: Annotated[float, share()] = 0.85
    """Mean probability of the matched words that counts as high confidence."""
    unsure_word: Annotated[float, share()] = 0.6
    """Mean probability of the matched words under which a match asks to be checked."""


class Belief:
    """Makes the matches of the rules that words make true."""

    def __init__(self, rules: Iterable[Rule], call: CallState, settings: CueSettings) -> None:
        rules = tuple(rules)
        self._call = call
        self._settings = settings
        self._conduct = frozenset(rule.id for rule in rules if rule.family is Family.CONDUCT)
        self._plain_enough = chosen(rules, Role.PLAIN_ENOUGH, settings.one_is_enough)

    def match(self, rule: Rule, truth: Truth, heard: HeardWords, at: float) -> CueMatched | None:
        """The match of a rule that holds; None where too little of it is left."""
        severity, because = rule.severity, truth.because
        if truth.guarded:
            severity -= 1
            if severity < 1:
                return None
        if self._needs_second(rule, severity):
            second = self._second_evidence(rule, truth, heard)
            if second is None:
                severity = self._settings.two_evidence_from - 1
            else:
                because += (second,)
        sure = _confidence(truth, heard)
        if severity >= 3 and sure is not None and sure < self._settings.unsure_word:
            note = "heard with little certainty: check the words"
            because += (Evidence(value=round(sure, 2), note=note),)
        own = [e for e in truth.because if e.utterance == heard.utterance]
        return CueMatched(
            at=at,
            channel=heard.channel,
            start=min((e.start for e in own if e.start is not None), default=heard.start),
            end=max((e.end for e in own if e.end is not None), default=heard.end),
            match=f"{heard.utterance}:{rule.id}",
            utterance=heard.utterance,
            rule=rule.id,
            track=rule.track,
            severity=severity,
            text=" ... ".join(dict.fromkeys(e.text for e in own if e.text)),
            because=because,
        )

    # --- the two-evidence rule --------------------------------------------------------------

    def _needs_second(self, rule: Rule, severity: int) -> bool:
        return (
            rule.track is Track.CONDUCT
            and severity >= self._settings.two_evidence_from
            and rule.id not in self._plain_enough
        )

    def _second_evidence(self, rule: Rule, truth: Truth, heard: HeardWords) -> Evidence | None:
        raised = self._call.talk.raised[heard.channel]
        if raised is not None and raised >= self._settings.raised:
            return Evidence(value=round(raised, 2), note="and the voice is raised")
        for other, matched in self._call.matches.by_rule.items():
            if other not in self._conduct:
                continue
            for seen in reversed(matched):
                if heard.end - seen.end > self._settings.repeat_s:
                    break
                if not seen.guarded and seen.utterance != heard.utterance:
                    return Evidence(rule=other, start=seen.start, note="and not for the first time")
        sure = _confidence(truth, heard)
        if sure is not None and sure >= self._settings.sure_word:
            return Evidence(rule=rule.id, value=round(sure, 2), note="and clearly heard")
        return None


def is_stronger(match: CueMatched, earlier: CueMatched) -> bool:
    """Whether later words of the same utterance say more than a draft of them did."""
    if match.guarded is not earlier.guarded:
        return earlier.guarded
    return match.severity > earlier.severity


def _confidence(truth: Truth, heard: HeardWords) -> float | None:
    """Mean probability of the matched words; None where words carry none."""
    found = [
        word.confidence
        for evidence in truth.because
        if evidence.utterance == heard.utterance
        and evidence.start is not None
        and evidence.end is not None
        for word in heard.words
        if word.start >= evidence.start - 0.01 and word.end <= evidence.end + 0.01
    ]
    return sum(found) / len(found) if found else None


def state_match(rule: Rule, truth: Truth, now: float) -> CueMatched:
    """Make a match that no single utterance caused."""
    because = tuple(
        e if e.rule is not None else msgspec.structs.replace(e, rule=rule.id) for e in truth.because
    )
    channel = Channel.AGENT if rule.speaker is Speaker.AGENT else Channel.CUSTOMER
    first = truth.because[0] if truth.because else None
    return CueMatched(
        at=now,
        channel=channel,
        start=first.start if first is not None and first.start is not None else now,
        end=now,
        match=f"{now:.1f}:{rule.id}",
        rule=rule.id,
        track=rule.track,
        severity=rule.severity,
        text=next((e.text for e in truth.because if e.text), ""),
        because=because,
    )
