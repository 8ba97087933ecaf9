"""What the call sounds like: from facts about sound and speech to the state rules ask about.

Keeps turns, voices, moods, transcript and the state of the sound, and hands the words that
arrive on to whoever matches rules on them. Two keys of the agent's reach down to here: what is
spoken during a pause leaves no trace, even where its text arrives later, and a swap exchanges
everything that is known of the two sides.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

import msgspec

from coach.engine.talk.announcement_signs import AnnouncementKind
from coach.engine.talk.announcements import (
    AnnouncementSettings,
    AnnouncementTracker,
    AnnouncementVerdict,
)
from coach.engine.talk.feeling import is_scored
from coach.engine.talk.heard import HeardWords
from coach.engine.talk.mood import MoodSettings, MoodTracker, MoodTurn
from coach.engine.talk.sound import Soundcheck
from coach.engine.talk.state import Aspect, TalkState
from coach.engine.talk.transcript import Transcript
from coach.engine.talk.turns import TurnSettings, TurnTracker
from coach.engine.talk.voice import VoiceTracker
from coach.events import (
    AnnouncementHeard,
    AudioGap,
    AudioWarning,
    CallStarted,
    Channel,
    Clause,
    Evidence,
    Hypothesis,
    Located,
    Loudness,
    Recovered,
    SignalChanged,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)
from coach.events.pauses import Pauses
from coach.snapshot import Measurements
from rules.matching.hits import Found

VOICE_PAST_S = 5.0
"""Seconds after its last speech for which a side's voice still counts as raised or loud: its words,
and so its pace, become known only about two seconds later."""

MOST_UNFELT = 400
"""Turns of the agent that are kept until somebody asks how they feel."""

Find = Callable[[Channel, str, bool, Sequence[Clause]], Found]
"""Matches the lexical conditions of the rule book in words of a channel, final or drafted."""


Foreseen = Callable[[Channel, str], str | None]
"""The final text that became of a draft, where that is known; it changes no result."""


def nothing_foreseen(_channel: Channel, _draft: str) -> str | None:
    """While a call goes on nobody knows."""
    return None


class Listening(NamedTuple):
    """What words are searched for."""

    find: Find
    grave: Container[int] = frozenset()
    """Numbers of the conditions that make a turn of the customer's serious."""
    anyones: Container[int] = frozenset()
    """Numbers of those that hold whoever speaks."""
    foreseen: Foreseen = nothing_foreseen


class Conversation:
    """The trackers of one call that listen to sound and speech."""

    def __init__(
        self,
        turns: TurnSettings,
        mood: MoodSettings,
        listening: Listening,
        announcements: AnnouncementSettings | None = None,
    ) -> None:
        self.turns = TurnTracker(turns)
        self.moods = {channel: MoodTracker(mood) for channel in Channel}
        self.voices = {channel: VoiceTracker() for channel in Channel}
        self.state = TalkState(self.turns, self.moods[Channel.CUSTOMER])
        self.transcript = Transcript()
        self.announcements = AnnouncementTracker(announcements)
        self.sound = Soundcheck()
        self.pauses = Pauses()
        self._listening = listening
        self._unfelt: list[tuple[HeardWords, bool]] = []
        """Turns of the agent that nobody has asked about yet, and whether they are grave."""
        self._divided = False
        """Each person has a side, and MIXED is what may be either's."""
        self._voiced: set[Channel] = set()
        """Channels of which the voice of their latest speech still counts."""
        self._told: dict[str, float] = {}
        """Figures as they were last told of."""

    def take_rules(self, listening: Listening) -> None:
        """Words are searched for other things from now on."""
        self._listening = listening

    def _anyones(self, channel: Channel) -> bool:
        """Whether nobody knows whose the words of a channel are, in a call of two sides."""
        return self._divided and channel is Channel.MIXED

    # --- sound ------------------------------------------------------------------------------

    def started(self, fact: CallStarted) -> None:
        """The call began."""
        self.state.began = fact.at
        self._divided = len(set(fact.channels)) == len(Channel)
        self.sound.begin(fact.channels, fact.at)
        self.transcript.language = fact.language

    def gap(self, fact: AudioGap) -> None:
        """Sound was lost: the silence in its place means nothing."""
        self.sound.gap(fact)
        self._deaf(fact.end)

    def _deaf(self, until: float) -> None:
        """Silence before then means nothing, and what lasts now began anew."""
        self.turns.deaf(until)
        self.state.moved.add(Aspect.ENDED)

    def warned(self, fact: AudioWarning) -> None:
        """Something is to be known of the sound."""
        if self.sound.on_hold:
            self._deaf(fact.at)
        self.sound.warning(fact)
        if self.sound.on_hold:
            self._deaf(fact.at)

    def recovered(self, fact: Recovered) -> None:
        """A component works again."""
        if self.sound.deaf:
            self._deaf(fact.at)
        self.sound.recovered(fact)

    def loudness(self, fact: Loudness) -> list[SignalChanged]:
        """Measurements of one side's sound."""
        self.sound.loudness(fact)
        if self._off_record(fact):
            return []
        voice = self.voices[fact.channel]
        voice.receive(fact)
        if not fact.speech:
            return []
        raised, over = voice.raised, voice.over_baseline_db
        self.state.is_loud(fact.channel, over)
        self.state.raised[fact.channel] = raised
        self._voiced.add(fact.channel)
        if raised is None or fact.channel is Channel.AGENT or self._anyones(fact.channel):
            # The agent's voice is measured for the agent; it is not news.
            return []
        if not self._moved("voice_raised_customer", raised, 0.5):
            return []
        why = Evidence(
            channel=fact.channel,
            start=fact.start,
            end=fact.end,
            value=None if over is None else round(over, 1),
            note="dB over the usual level",
        )
        return self._tell("voice_raised_customer", raised, 0.5, fact.channel, fact.at, why)

    # --- speech -----------------------------------------------------------------------------

    def speech_started(self, fact: SpeechStarted) -> None:
        """Somebody began to speak."""
        if not self._off_record(fact):
            moved = self.state.moved
            moved.add(Aspect.BEGAN)
            if self.turns.started(fact):
                moved.add(Aspect.OVER)

    def speech_ended(self, fact: SpeechEnded) -> list[SignalChanged]:
        """Somebody fell silent."""
        if self._off_record(fact):
            return []
        self.state.moved.update((Aspect.BEGAN, Aspect.ENDED))
        if self.turns.ended(fact):
            self.state.moved.add(Aspect.OVER)
        results: list[SignalChanged] = []
        for channel in (Channel.AGENT, Channel.CUSTOMER):
            name = f"interruptions_{channel.value.lower()}_count"
            count = self.turns.interruptions(channel, fact.at)
            if not self._moved(name, count, 1.0):
                continue
            why = Evidence(channel=channel, value=count, note="spoke over the other side")
            results += self._tell(name, count, 1.0, channel, fact.at, why)
        return results

    def draft(self, fact: Hypothesis) -> HeardWords | None:
        """A draft; returns its committed words where they are new."""
        if self._off_record(fact):
            return None
        self._drafted(fact, f"{fact.committed} {fact.tail}")
        if not self.transcript.draft(fact) or not fact.committed:
            return None
        final = self._listening.foreseen(fact.channel, fact.committed)
        if self.announcements.draft(fact.channel, fact.start, fact.committed, final):
            return None
        self._heard_of(fact, fact.committed)
        return self._heard(fact, fact.committed)

    def announced(self, fact: Utterance) -> AnnouncementVerdict:
        """Whether final words are a recorded voice's, and are not to be heard as talk."""
        if self._off_record(fact) or fact.doubtful or not is_scored(fact.language):
            return AnnouncementVerdict(None)
        found = self.announcements.final(fact.channel, fact.start, fact.end, fact.text)
        if found.kind is None:
            return found
        self._drafted(fact, "")
        self.transcript.final(fact, found.kind.value)
        self.turns.disregard(fact.channel, fact.start, fact.end)
        self.state.all_moved()
        if fact.channel is Channel.CUSTOMER and found.kind is AnnouncementKind.VOICEMAIL:
            self.state.to_machine = True
        if fact.channel not in self.state.spoke:
            # The voice that was learned so far is not the one that will be measured.
            self.voices[fact.channel] = VoiceTracker()
        return found

    def final(self, fact: Utterance) -> HeardWords | None:
        """Final words; None where they are empty, doubtful or off the record."""
        self._drafted(fact, "")
        if self._off_record(fact):
            self.transcript.drop(fact.utterance)
            return None
        self.transcript.final(fact)
        if fact.doubtful or not fact.text:
            return None
        self.state.spoke.add(fact.channel)
        if fact.channel is Channel.CUSTOMER and self.state.to_machine:
            self.state.to_machine = False
            self.state.all_moved()
        self._heard_of(fact, fact.text)
        self.turns.uttered(fact.channel, fact.start, fact.end, fact.text, fact.utterance)
        heard = self._heard(fact, fact.text)
        heard.final = True
        heard.words = fact.words
        heard.clauses = fact.clauses
        heard.scored = is_scored(fact.language)
        return heard

    def _drafted(self, fact: Hypothesis | Utterance, text: str) -> None:
        """How much of an open utterance was said so far."""
        taken = self.turns.drafted(fact.channel, fact.start, fact.end, text, fact.utterance)
        self.state.moved.add((Aspect.PACE, fact.channel))
        if taken is not None:
            self.state.moved.add((Aspect.PACE, taken))

    def _heard_of(self, fact: Hypothesis | Utterance, text: str) -> None:
        """Words of a turn are known, which tell whether it is one."""
        turn, over = self.turns.heard(fact.channel, fact.end, text)
        if turn:
            self.state.moved.add(Aspect.BEGAN)
        if over:
            self.state.moved.add(Aspect.OVER)

    def _heard(self, fact: Hypothesis | Utterance, text: str) -> HeardWords:
        span = (fact.channel, fact.start, fact.end)
        final = isinstance(fact, Utterance)
        found = self._listening.find(fact.channel, text, final, fact.clauses)
        if self._anyones(fact.channel):
            found = found.only(self._listening.anyones)
        return HeardWords(span, fact.utterance, text, found)

    def feel(
        self, heard: HeardWords, at: float, *, in_doubt: bool = False
    ) -> tuple[MoodTurn | None, list[SignalChanged]]:
        """Let the mood follow final words; returns the customer's scored turn, and news.

        ``in_doubt``: what is pleasant in the customer's words may be sarcasm.
        """
        if not heard.scored or self._anyones(heard.channel):
            return None, []
        grave = any(condition in self._listening.grave for condition in heard.found.conditions)
        if heard.channel is Channel.AGENT:
            self._unfelt.append((heard, grave))
            if len(self._unfelt) >= MOST_UNFELT:
                self.agent_mood()
            return None, []
        mood = self.moods[heard.channel]
        moved = _received(mood, heard, grave=grave or in_doubt)
        self.state.moved.add(Aspect.MOOD)
        turn, point = mood.last_turn(), mood.point
        if turn is None or turn.utterance != heard.utterance:
            return None, []
        if not moved or point is None:
            return turn, []
        because = turn_evidence(heard, turn)
        name = "sentiment_customer"
        return turn, self._tell(name, point.score, 0.5, heard.channel, at, because)

    def agent_mood(self) -> MoodTracker:
        """The mood of the agent's turns, which only the screen shows: felt when it is asked for."""
        mood = self.moods[Channel.AGENT]
        for heard, grave in self._unfelt:
            _received(mood, heard, grave=grave)
        self._unfelt.clear()
        return mood

    def _tell(
        self, name: str, value: float, step: float, channel: Channel, at: float, *why: Evidence
    ) -> list[SignalChanged]:
        """Tell of a figure that moved by at least ``step`` since it was last told of."""
        if not self._moved(name, value, step):
            return []
        self._told[name] = value
        value = round(value, 2)
        return [SignalChanged(at=at, signal=name, channel=channel, value=value, because=why)]

    def _moved(self, name: str, value: float, step: float) -> bool:
        """Whether a figure moved by at least ``step`` since it was last told of."""
        return abs(value - self._told.get(name, 0.0)) >= step

    # --- time and keys ----------------------------------------------------------------------

    def tick(self, at: float) -> None:
        """Let time pass."""
        sound, turns = self.sound, self.turns
        if (sound.troubled and (sound.deaf or sound.on_hold)) or self.state.to_machine:
            self._deaf(at)
        if not self._voiced:
            return
        for channel in tuple(self._voiced):
            ended = turns.last_end(channel)
            quiet = ended is None or at - ended > VOICE_PAST_S
            if quiet and not turns.speaking(channel):
                self._voiced.remove(channel)
                self.state.is_loud(channel, None)
                self.state.raised[channel] = None

    def _off_record(self, fact: Located) -> bool:
        """Whether the fact is about a time at which the agent had paused the call."""
        return self.pauses.touch(fact.start, fact.end)

    def pause(self, at: float) -> None:
        """Hear nothing from here on."""
        if self.pauses.begin(at):
            self.turns.hush(at)
            self.state.all_moved()

    def resume(self, at: float) -> None:
        """Hear again."""
        if self.pauses.end(at):
            self._deaf(at)

    def swap(self) -> None:
        """The two channels were taken for each other."""
        self.agent_mood()
        self.turns.swap()
        self.transcript.swap()
        self.sound.swap()
        self.announcements.swap()
        self.state.to_machine = False
        self.state.all_moved()
        moods, voices, state = self.moods, self.voices, self.state
        state.spoke = {channel.other for channel in state.spoke}
        self._voiced = {channel.other for channel in self._voiced}
        one, two = Channel.AGENT, Channel.CUSTOMER
        moods[one], moods[two] = moods[two], moods[one]
        voices[one], voices[two] = voices[two], voices[one]
        state.loud[one], state.loud[two] = state.loud[two], state.loud[one]
        state.raised[one], state.raised[two] = state.raised[two], state.raised[one]
        state.mood = moods[two]
        self._told = {_of_other_side(name): value for name, value in self._told.items()}

    # --- for the screen ---------------------------------------------------------------------

    def speaking(self) -> frozenset[Channel]:
        """Who speaks."""
        return frozenset(channel for channel in Channel if self.turns.speaking(channel))

    def measurements(self, now: float) -> Measurements:
        """Plain figures about the conversation."""
        turns, agent, customer = self.turns, Channel.AGENT, Channel.CUSTOMER
        return Measurements(
            talk_share_agent=turns.talk_share(now),
            pace_agent_wpm=turns.pace(agent),
            pace_customer_wpm=turns.pace(customer),
            interruptions_agent=turns.interruptions(agent, now),
            interruptions_customer=turns.interruptions(customer, now),
            dead_air=round(turns.dead_air(now), 1),
            agent_turn=round(turns.turn(agent, now), 1),
            customer_over_baseline_db=self.state.loud[customer],
            agent_over_baseline_db=self.state.loud[agent],
        )


def _received(mood: MoodTracker, heard: HeardWords, *, grave: bool) -> bool:
    """Let a mood follow final words; whether it has a new point."""
    score = heard.score
    if score is None:
        return False
    return mood.receive(heard.end, score, utterance=heard.utterance, said=heard.text, grave=grave)


def _of_other_side(signal: str) -> str:
    """The same signal of the other side: they are named after the side they are about."""
    one, two = (channel.value.lower() for channel in (Channel.AGENT, Channel.CUSTOMER))
    return "_".join({one: two, two: one}.get(part, part) for part in signal.split("_"))


def turn_evidence(heard: HeardWords, turn: MoodTurn) -> Evidence:
    """A scored turn as the reason for something."""
    note = "a pleasant turn" if turn.score > 0 else "mood of this turn"
    return msgspec.structs.replace(heard.whole(), value=round(turn.score, 2), note=note)


def announcement_heard(fact: Utterance, found: AnnouncementVerdict) -> AnnouncementHeard:
    """What is stated of an utterance that a recorded voice spoke."""
    signs = " ... ".join(dict.fromkeys(found.signs))
    why = Evidence(
        utterance=fact.utterance,
        channel=fact.channel,
        start=fact.start,
        end=fact.end,
        text=signs,
        note="" if signs else "goes on in the same recorded voice",
    )
    return AnnouncementHeard(
        at=fact.at,
        channel=fact.channel,
        start=fact.start,
        end=fact.end,
        utterance=fact.utterance,
        kind=found.kind.value if found.kind else "",
        text=fact.text,
        because=(why,),
    )
