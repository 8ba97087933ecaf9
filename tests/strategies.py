"""Generated calls: any order of speech, drafts, levels and keys that a real call could have.

`calls()` gives facts in order of `at`. The sentences are chosen so that rules of every track
match now and then; `ticks_between` adds the moments at which a driver might let time pass.
"""

from __future__ import annotations

from callscript import Say, loudness, spoken
from hypothesis import strategies as st

from coach.events import (
    Action,
    AgentAction,
    AudioGap,
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    Degraded,
    Fact,
    Recovered,
)

CUSTOMER_SAYS = (
    "hello I am calling about my bill it is wrong again",
    "let me speak to your manager right now please",
    "this is the third time I have called about this",
    "you are useless do you know that",
    "you stupid idiot just fix it",
    "I have been on hold for an hour and nobody helps me",
    "my lawyer will hear about this",
    "I will cancel everything and go somewhere else",
    "I don't want to be here anymore",
    "I will come down there and hurt you",
    "my husband passed away last week",
    "thank you that helps a lot I really appreciate it",
    "okay",
    "uh-huh",
    "no",
    "I am so upset and angry about all of this it is terrible",
    "can you send it to my new address please",
    "",
)
AGENT_SAYS = (
    "good morning how can I help you today",
    "I am sorry that this happened I can hear how frustrating it is",
    "calm down please",
    "that is our policy there is nothing I can do",
    "one moment please I am checking that for you",
    "I will call you back by Friday with an answer",
    "please keep it respectful so that I can help you",
    "if this language continues I will have to end this call",
    "so if I understand you right the bill is too high",
    "I can do that today or I can send it by post which do you prefer",
    "thank you for waiting",
    "uh-huh",
    "right",
)
KEYS = tuple(action for action in Action if action is not Action.END)

# Made once: a strategy that is made for a draw is checked anew for each.
_pause = st.floats(0.0, 20.0).map(lambda x: round(x, 2))
_either = st.booleans()
_turns = st.integers(0, 8)
_speak = st.sampled_from((None, 0.5, 3.0, 12.0))
_loud = st.sampled_from((0.0, 0.0, 9.0))
_doubtful = st.sampled_from((False, False, False, True))
_trouble = st.sampled_from(("gap", "device", "echo"))
_presses = st.integers(0, 5)
_key = st.sampled_from(KEYS)
_shares = st.lists(st.floats(0.0, 1.0), max_size=3)


@st.composite
def _says(draw: st.DrawFn, channel: Channel, sentences: st.SearchStrategy[str]) -> list[Say]:
    """One side's turns, one after the other."""
    at, says = 0.0, []
    for _ in range(draw(_turns)):
        at = round(at + draw(_pause), 2)
        say = Say(
            at=at,
            speaker=channel,
            text=draw(sentences),
            speak=draw(_speak),
            loud=draw(_loud),
            doubtful=draw(_doubtful),
        )
        says.append(say)
        at = say.end
    return says


_SAYS = {
    Channel.CUSTOMER: _says(Channel.CUSTOMER, st.sampled_from(CUSTOMER_SAYS)),
    Channel.AGENT: _says(Channel.AGENT, st.sampled_from(AGENT_SAYS)),
}


@st.composite
def _sound(draw: st.DrawFn) -> list[Fact]:
    """What may go wrong with the sound."""
    at = draw(_pause)
    kind = draw(_trouble)
    if kind == "gap":
        return [
            AudioGap(
                at=at + 1.0, channel=Channel.CUSTOMER, start=at, end=at + 1.0, cause="overflow"
            )
        ]
    if kind == "device":
        return [
            Degraded(at=at, component="far_end", detail="gone"),
            Recovered(at=at + 5.0, component="far_end"),
        ]
    return [AudioWarning(at=at, kind="echo", detail="the far end is in the microphone")]


_sounds = _sound()


@st.composite
def calls(draw: st.DrawFn, *, keys: bool = True) -> list[Fact]:
    """A whole call, from CallStarted to CallEnded, in order of `at`."""
    facts: list[Fact] = []
    voices = draw(_either)
    last = 1.0
    for channel, turns in _SAYS.items():
        says = draw(turns)
        for number, say in enumerate(says, 1):
            facts += spoken(say, f"{channel.value[0]}{number}")
        last = max([last, *(say.end + 2.0 for say in says)])
        if voices:
            facts += loudness(channel, says, last)
    if draw(_either):
        facts += draw(_sounds)
    if keys:
        for _ in range(draw(_presses)):
            at = min(round(draw(st.floats(0.0, last)), 2), last)
            facts.append(AgentAction(at=at, action=draw(_key)))
    end = max([last, *(fact.at for fact in facts)]) + draw(_pause)
    first = CallStarted(
        at=0.0, call="generated", started="2026-03-04T09:30:00+00:00", source="generated"
    )
    return [
        first,
        *sorted(facts, key=lambda fact: fact.at),
        CallEnded(at=end, reason="generated"),
    ]


@st.composite
def ticks_between(draw: st.DrawFn, facts: list[Fact]) -> list[list[float]]:
    """For each fact, the times before it at which a driver lets time pass, in order."""
    ticks: list[list[float]] = []
    before = 0.0
    for fact in facts:
        ticks.append(sorted(before + x * (fact.at - before) for x in draw(_shares)))
        before = fact.at
    return ticks
