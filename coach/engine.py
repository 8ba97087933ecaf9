"""The engine: facts in, results out. No clock, no thread, no I/O, no chance.

Theory of operation
-------------------
``receive(fact)`` takes one fact and gives the results that follow from it; ``advance(now)``
lets call time pass. Both do one thing first: they step through the engine's own grid (a point
every 0.5 s of call time) as far as ``now``. Everything that depends on time (a silence that
lasts, a card that expires, a level that decays) is decided on a grid point and nowhere else,
so it makes no difference how often, or whether, a driver calls ``advance`` between facts.

Order is code. A fact goes down this list, each part sees what the parts above it found, and
nothing flows back up within one pass::

    turns       who speaks, talk-over, silence, pace           coach.turns
    voice       loudness against the own usual voice           coach.prosody
    mood        score of the words                             coach.sentiment, coach.mood
    cues        which rules match                              coach.cues
    record      warnings, promises, ticks, wants, steps        coach.record, coach.checklist
    ladder      boundary ladder                                coach.ladder
    escalation  level of the call                              coach.escalation
    prompts     the one card                                   coach.prompts

A rule that looks at other rules' matches or at the level sees this pass's matches and the
previous pass's level. Facts must come in order of ``at``. The same facts give the same
results, whenever and wherever they are run: replay, review and backtest are this same code.

Two keys of the agent's reach deeper than the cards. PAUSE makes the engine deaf: what is
spoken meanwhile leaves no trace, even when its text arrives after RESUME. SWAP_CHANNELS
exchanges everything known of the two sides; the facts that follow it must already carry the
new names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from coach.cues import CueSettings, CueTracker
from coach.escalation import EscalationSettings, EscalationTracker
from coach.events import (
    Action,
    AgentAction,
    AudioGap,
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    Clearing,
    CueMatched,
    CueRetracted,
    Degraded,
    Evidence,
    Fact,
    Hypothesis,
    Located,
    Loudness,
    Recovered,
    Result,
    SignalChanged,
    SpeechEnded,
    SpeechStarted,
    Suppression,
    Track,
    Utterance,
)
from coach.mood import MoodSettings, MoodTracker
from coach.policy import Mode, PromptSettings, Request, suppressed
from coach.prompts import PromptDesk
from coach.prosody import VoiceTracker
from coach.scene import Heard, Scene
from coach.sentiment import score_text
from coach.snapshot import Measurements, Snapshot
from coach.soundcheck import Soundcheck
from coach.transcript import Transcript
from coach.turns import TurnSettings, TurnTracker
from rules.matcher import Matcher
from rules.model import Rule, RuleBook

GRID_S = 0.5
"""Seconds between the points at which time is looked at; half the shortest thing that matters."""
VOICE_PAST_S = 2.0
"""Seconds after its last speech for which a side's voice still counts as raised or loud."""
MONO_NOTICE = (
    "One undivided channel: talk-over, talk ratio, pace and the agent's own words are not judged."
)


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every threshold of the engine, by part. ``[engine.PART]`` in the settings file."""

    turns: TurnSettings = TurnSettings()
    mood: MoodSettings = MoodSettings()
    cues: CueSettings = CueSettings()
    escalation: EscalationSettings = EscalationSettings()
    prompts: PromptSettings = PromptSettings()
    agent_name: str = ""
    """The agent's first name, for wordings that give it; empty leaves them out."""


DEFAULTS = EngineSettings()


class Engine:
    """One call, from CallStarted to CallEnded."""

    def __init__(self, book: RuleBook, settings: EngineSettings = DEFAULTS) -> None:
        self._settings = settings
        self._rules: dict[str, Rule] = {rule.id: rule for rule in book.active()}
        self._matcher = Matcher(book)
        self._turns = TurnTracker(settings.turns)
        self._moods = {channel: MoodTracker(settings.mood) for channel in Channel}
        self._voices = {channel: VoiceTracker() for channel in Channel}
        self._scene = Scene(self._turns, self._moods[Channel.CUSTOMER])
        self._cues = CueTracker(book.active(), self._scene, settings.cues)
        self._escalation = EscalationTracker(settings.escalation)
        self._desk = PromptDesk(settings.prompts, self._done)
        self._transcript = Transcript()
        self._sound = Soundcheck()
        self._call: CallStarted | None = None
        self._now = 0.0
        self._grid: int | None = None
        """Number of the next grid point; None before the first fact and after the last."""
        self._ended = False
        self._paused: float | None = None
        self._pauses: list[tuple[float, float]] = []
        self._safety: dict[str, str] = {}
        """Open dangers to life: cue and its rule."""
        self._asked: set[str] = set()
        self._signals: dict[str, float] = {}
        self._takes: dict[type, Callable[..., list[Result]]] = {
            CallStarted: self._call_started,
            CallEnded: self._call_ended,
            AudioGap: self._audio_gap,
            SpeechStarted: self._speech_started,
            SpeechEnded: self._speech_ended,
            Hypothesis: self._hypothesis,
            Utterance: self._utterance,
            Loudness: self._loudness,
            AgentAction: self._agent_action,
            Degraded: self._degraded,
            Recovered: self._recovered,
            AudioWarning: self._audio_warning,
        }

    # --- the four entrances -----------------------------------------------------------------

    def receive(self, fact: Fact) -> list[Result]:
        """Take one fact; returns what follows from it and from the time up to it.

        ValueError where ``fact.at`` lies before what the engine has already seen.
        """
        if self._ended:
            return []
        if fact.at < self._now:
            raise ValueError(f"fact at {fact.at} after the engine stood at {self._now}")
        results = self.advance(fact.at)
        self._now = fact.at
        if self._grid is None:
            self._grid = int(fact.at // GRID_S) + 1
            self._scene.began = fact.at
        take = self._takes.get(type(fact))
        return results + take(fact) if take else results

    def advance(self, now: float) -> list[Result]:
        """Let call time pass up to ``now``; returns what comes of it."""
        results: list[Result] = []
        while self._grid is not None and self._grid * GRID_S <= now:
            self._now = max(self._now, self._grid * GRID_S)
            self._grid += 1
            results += self._tick(self._now)
        if self._grid is not None:
            self._now = max(self._now, now)
        return results

    def next_deadline(self) -> float | None:
        """Call time at which ``advance`` has something to do; None while no call is on."""
        return None if self._grid is None else self._grid * GRID_S

    def snapshot(self) -> Snapshot:
        """The call as it stands."""
        now, call = self._now, self._call
        mood = self._moods[Channel.CUSTOMER]
        return Snapshot(
            at=now,
            source=call.source if call else "",
            caller=call.caller if call else "",
            language=call.language if call else "en",
            started=call is not None,
            ended=self._ended,
            paused=self._paused is not None,
            calm_mode=self._desk.policy.calm_mode,
            snoozed_until=self._desk.policy.snoozed_at(now),
            level=self._escalation.level,
            level_since=self._escalation.since,
            level_because=self._escalation.because,
            card=self._desk.card(),
            history=tuple(self._desk.history),
            nod=self._desk.nod(now),
            transcript=self._transcript.lines(),
            mood=mood.points(),
            mood_trend=mood.trend(),
            measurements=self._measurements(now),
            health=self._sound.health(now, self._speaking()),
            lag=self._transcript.lag(),
            trouble=self._sound.troubles(),
            notices=(MONO_NOTICE,) if call and call.channels == (Channel.MIXED,) else (),
        )

    # --- the grid ---------------------------------------------------------------------------

    def _tick(self, at: float) -> list[Result]:
        if self._sound.deaf:
            self._turns.deaf(at)
        for channel in Channel:
            ended = self._turns.last_end(channel)
            if not self._turns.speaking(channel) and (ended is None or at - ended > VOICE_PAST_S):
                self._scene.loud[channel] = self._scene.raised[channel] = None
        if self._paused is not None:
            return self._desk.tick(at, ())
        ticked = self._cues.tick(at)
        results = self._react(list(ticked.matched), at)
        return results + self._desk.tick(at, ticked.ended)

    # --- facts about the call and the sound -------------------------------------------------

    def _call_started(self, fact: CallStarted) -> list[Result]:
        self._call = fact
        self._scene.began = fact.at
        self._sound.begin(fact.channels, fact.at)
        self._set_mode()
        return []

    def _call_ended(self, fact: CallEnded) -> list[Result]:
        results = self._desk.end(fact.at)
        self._grid = None
        self._ended = True
        return results

    def _audio_gap(self, fact: AudioGap) -> list[Result]:
        self._sound.gap(fact)
        self._turns.deaf(fact.end)
        return []

    def _degraded(self, fact: Degraded) -> list[Result]:
        self._sound.degraded(fact)
        return []

    def _recovered(self, fact: Recovered) -> list[Result]:
        if self._sound.deaf:
            self._turns.deaf(fact.at)
        self._sound.recovered(fact)
        return []

    def _audio_warning(self, fact: AudioWarning) -> list[Result]:
        self._sound.warning(fact)
        return []

    def _loudness(self, fact: Loudness) -> list[Result]:
        self._sound.loudness(fact)
        if self._off_record(fact):
            return []
        voice = self._voices[fact.channel]
        voice.receive(fact)
        if not fact.speech:
            return []
        raised = voice.raised
        self._scene.loud[fact.channel] = voice.over_baseline_db
        self._scene.raised[fact.channel] = raised
        if raised is None or fact.channel is Channel.AGENT:
            return []
        return self._signal("voice_raised_customer", raised, 0.5, fact.channel, fact.at)

    # --- facts about speech -----------------------------------------------------------------

    def _off_record(self, fact: Located) -> bool:
        """Whether the fact is about a time at which the agent had paused the call."""
        if self._paused is not None and fact.end > self._paused:
            return True
        return any(fact.start < end and fact.end > start for start, end in self._pauses)

    def _speech_started(self, fact: SpeechStarted) -> list[Result]:
        if not self._off_record(fact):
            self._turns.started(fact)
        return []

    def _speech_ended(self, fact: SpeechEnded) -> list[Result]:
        if self._off_record(fact):
            return []
        self._turns.ended(fact)
        results: list[Result] = []
        for channel in (Channel.AGENT, Channel.CUSTOMER):
            name = f"interruptions_{channel.value.lower()}_count"
            count = self._turns.interruptions(channel, fact.at)
            results += self._signal(name, count, 1.0, channel, fact.at)
        return results

    def _hypothesis(self, fact: Hypothesis) -> list[Result]:
        if self._off_record(fact) or not self._transcript.draft(fact) or not fact.committed:
            return []
        self._turns.heard(fact.channel, fact.end, fact.committed)
        return self._hear(self._heard(fact, fact.committed), fact.at)

    def _utterance(self, fact: Utterance) -> list[Result]:
        if self._off_record(fact):
            self._transcript.drop(fact.utterance)
            return self._react(self._cues.withdraw(fact.utterance, fact.at), fact.at)
        self._transcript.final(fact)
        if fact.doubtful or not fact.text:
            return self._react(self._cues.withdraw(fact.utterance, fact.at), fact.at)
        self._turns.heard(fact.channel, fact.end, fact.text)
        self._turns.uttered(fact.channel, fact.start, fact.end, len(fact.text.split()))
        heard = self._heard(fact, fact.text)
        heard.final = True
        heard.words = fact.words
        heard.score = score_text(fact.text)
        return self._feel(heard, fact.at) + self._hear(heard, fact.at)

    def _heard(self, fact: Hypothesis | Utterance, text: str) -> Heard:
        span = (fact.channel, fact.start, fact.end)
        return Heard(span, fact.utterance, text, self._matcher.find(fact.channel, text))

    def _feel(self, heard: Heard, at: float) -> list[Result]:
        """Let the mood follow a final text."""
        if heard.score is None:
            return []
        mood = self._moods[heard.channel]
        moved = mood.receive(heard.end, heard.score, utterance=heard.utterance, said=heard.text)
        turn = mood.last_turn()
        if heard.channel is Channel.AGENT or turn is None or turn.utterance != heard.utterance:
            return []
        because = Evidence(
            utterance=heard.utterance,
            channel=heard.channel,
            start=heard.start,
            end=heard.end,
            text=heard.text,
            value=round(turn.score, 2),
            note="a pleasant turn" if turn.score > 0 else "mood of this turn",
        )
        self._escalation.turn(turn.score, because)
        point = mood.point
        if not moved or point is None:
            return []
        return self._signal(
            "sentiment_customer", point.score, 0.5, heard.channel, at, because=(because,)
        )

    def _hear(self, heard: Heard, at: float) -> list[Result]:
        return self._react(self._cues.hear(heard, at), at)

    # --- from matches to cards --------------------------------------------------------------

    def _react(self, found: Sequence[Result], at: float) -> list[Result]:
        """Take matches down the list: level, then card."""
        results = list(found)
        if any(isinstance(one, CueMatched) for one in found):
            ticked = self._cues.tick(at)
            results += ticked.matched
            results += self._desk.tick(at, ticked.ended) if ticked.ended else []
        asked: list[Request] = []
        after: list[Result] = []
        for result in tuple(results):
            if isinstance(result, CueMatched):
                after += self._matched(result, asked)
            elif isinstance(result, CueRetracted):
                after += self._retracted(result)
        results += self._level(at)
        results += after
        results += self._desk.ask(asked, at)
        return results

    def _matched(self, match: CueMatched, asked: list[Request]) -> list[Result]:
        results: list[Result] = []
        utterance = next((e.utterance for e in match.because if e.utterance), None)
        if utterance is not None:
            self._transcript.mark(utterance, match.rule, matched=True)
        self._escalation.cue(match)
        rule = self._rules[match.rule]
        if rule.track is Track.SAFETY and match.severity >= 3:
            self._safety[match.cue] = match.rule
            self._set_mode()
            results += self._desk.safety_opened(match.at)
        if match.channel is Channel.AGENT:
            evidence = match.because[0] if match.because else Evidence(rule=match.rule)
            results += self._desk.said(match.rule, rule.title, evidence, match.at)
        if rule.prompt is None or match.cue in self._asked:
            return results
        self._asked.add(match.cue)
        request = Request(
            rule=rule,
            prompt=rule.prompt,
            cue=match.cue,
            severity=match.severity,
            at=match.at,
            because=match.because,
        )
        guarded = any(e.note in {"negated", "quoted"} for e in match.because)
        if guarded and rule.track is not Track.SAFETY:
            return [*results, suppressed(request, match.at, Suppression.DOUBTFUL)]
        asked.append(request)
        return results

    def _retracted(self, result: CueRetracted) -> list[Result]:
        for evidence in result.because:
            if evidence.utterance is not None:
                self._transcript.mark(evidence.utterance, result.rule, matched=False)
        self._escalation.forget(result.cue)
        self._asked.discard(result.cue)
        if self._safety.pop(result.cue, None) is not None:
            self._set_mode()
        return self._desk.retract(result.cue, result.because, result.at)

    def _level(self, at: float) -> list[Result]:
        customer = Channel.CUSTOMER
        mood = self._moods[customer].point
        changes = self._escalation.evaluate(at, mood, self._scene.raised[customer])
        self._scene.level = self._escalation.level
        return list(changes)

    def _done(self, rules: Sequence[str], since: float) -> tuple[str, str, Evidence] | None:
        """Which of some rules about the agent's words matched since a time."""
        for rule in rules:
            for seen in reversed(self._scene.seen.get(rule, ())):
                if seen.end < since:
                    break
                if not seen.guarded:
                    evidence = seen.because[0] if seen.because else Evidence(rule=rule)
                    return rule, self._rules[rule].title, evidence
        return None

    def _set_mode(self) -> None:
        self._desk.policy.mode = Mode(
            safety_open=bool(self._safety), agent=self._settings.agent_name
        )

    def _signal(
        self,
        name: str,
        value: float,
        step: float,
        channel: Channel,
        at: float,
        *,
        because: tuple[Evidence, ...] = (),
    ) -> list[Result]:
        """Tell of a figure that moved by at least ``step`` since it was last told of."""
        if abs(value - self._signals.get(name, 0.0)) < step:
            return []
        self._signals[name] = value
        value = round(value, 2)
        return [SignalChanged(at=at, signal=name, channel=channel, value=value, because=because)]

    # --- the agent's keys -------------------------------------------------------------------

    def _agent_action(self, fact: AgentAction) -> list[Result]:
        desk, at = self._desk, fact.at
        shown = desk.shown
        match fact.action:
            case Action.ACKNOWLEDGE:
                return desk.answer(Clearing.ACKNOWLEDGED, fact.prompt, at)
            case Action.USED:
                return desk.answer(Clearing.USED, fact.prompt, at)
            case Action.DISMISS | Action.MARK_WRONG:
                results = desk.answer(Clearing.DISMISSED, fact.prompt, at)
                if results and shown is not None:
                    self._wrong(shown, everywhere=fact.action is Action.MARK_WRONG)
                return results
            case Action.NEXT_WORDING:
                desk.next_wording(fact.prompt, at)
            case Action.SNOOZE:
                return desk.snooze(at)
            case Action.CALM_MODE:
                desk.policy.calm_mode = not desk.policy.calm_mode
            case Action.MUTE_RULE:
                rule = fact.rule or (shown.rule.id if shown else None)
                return desk.mute(rule, at) if rule else []
            case Action.PAUSE:
                self._pause(at)
            case Action.RESUME:
                self._resume(at)
            case Action.SWAP_CHANNELS:
                self._swap()
            case Action.END:
                pass
        return []

    def _wrong(self, request: Request, *, everywhere: bool) -> None:
        """The agent waved a card away: a danger is over; marked wrong, its match never was."""
        self._safety = {c: r for c, r in self._safety.items() if r != request.rule.id}
        self._set_mode()
        if everywhere:
            self._escalation.forget(request.cue)
            self._cues.forget(request.rule.id, request.cue)

    def _pause(self, at: float) -> None:
        if self._paused is None:
            self._paused = at
            self._turns.hush(at)

    def _resume(self, at: float) -> None:
        if self._paused is not None:
            self._pauses.append((self._paused, at))
            self._paused = None
            self._turns.deaf(at)

    def _swap(self) -> None:
        self._turns.swap()
        self._transcript.swap()
        self._sound.swap()
        agent, customer = Channel.AGENT, Channel.CUSTOMER
        moods, voices, scene = self._moods, self._voices, self._scene
        moods[agent], moods[customer] = moods[customer], moods[agent]
        voices[agent], voices[customer] = voices[customer], voices[agent]
        scene.loud[agent], scene.loud[customer] = scene.loud[customer], scene.loud[agent]
        scene.raised[agent], scene.raised[customer] = scene.raised[customer], scene.raised[agent]
        self._scene.mood = self._moods[customer]

    # --- for the snapshot -------------------------------------------------------------------

    def _speaking(self) -> frozenset[Channel]:
        return frozenset(channel for channel in Channel if self._turns.speaking(channel))

    def _measurements(self, now: float) -> Measurements:
        turns, agent, customer = self._turns, Channel.AGENT, Channel.CUSTOMER
        return Measurements(
            talk_share_agent=turns.talk_share(now),
            pace_agent_wpm=turns.pace(agent),
            pace_customer_wpm=turns.pace(customer),
            interruptions_agent=turns.interruptions(agent, now),
            interruptions_customer=turns.interruptions(customer, now),
            dead_air=round(turns.dead_air(now), 1),
            agent_turn=round(turns.turn(agent, now), 1),
            customer_over_baseline_db=self._scene.loud[customer],
            agent_over_baseline_db=self._scene.loud[agent],
        )
