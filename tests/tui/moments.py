"""Moments of an invented call, as snapshots, for looking at the screen and for its tests."""

from __future__ import annotations

import msgspec

from coach.driver import FrontEnd, Position, Progress
from coach.events import Channel, Evidence, Level, Track
from coach.snapshot import (
    AfterCall,
    Card,
    ChannelHealth,
    CheckItem,
    Commitment,
    LadderView,
    Line,
    Measurements,
    MoodPoint,
    Noted,
    NotedCue,
    PastCard,
    Record,
    Snapshot,
    Trouble,
)

C, A = Channel.CUSTOMER, Channel.AGENT


def line(number: int, channel: Channel, start: float, text: str, **more: object) -> Line:
    values = {
        "utterance": f"{channel[0]}{number}",
        "channel": channel,
        "start": start,
        "end": start + 4.0,
        "text": text,
    }
    return Line(**(values | more))  # type: ignore[arg-type]


def noted(at: float, channel: Channel, text: str) -> Noted:
    return Noted(at=at, channel=channel, utterance=f"{channel[0]}1", text=text)


def cue(why: Evidence, rule: str, track: Track) -> NotedCue:
    assert why.start is not None
    assert why.end is not None
    return NotedCue(
        at=why.start,
        end=why.end,
        channel=why.channel or C,
        utterance=why.utterance,
        text=why.text,
        match=f"{why.utterance}:{rule}",
        rule=rule,
        title=rule.partition(".")[2].replace("_", " "),
        track=track,
        severity=2,
    )


TALK: tuple[Line, ...] = (
    line(1, A, 1.0, "Good morning, you're through to billing, how can I help?"),
    line(1, C, 6.2, "Hi, I've got a bill here that is nearly double what it should be."),
    line(2, A, 11.4, "Okay, can I take the account number and your postcode please?"),
    line(2, C, 16.0, "I gave all of that to the machine and to the last person."),
    line(
        3,
        C,
        21.5,
        "This is the third time I've called about the same charge and nobody ever calls me back.",
        cues=("esc.repeat_contact",),
    ),
    line(3, A, 29.0, "I understand. One moment while I open the account."),
    line(4, C, 41.0, "I waited forty minutes to get through to you.", cues=("esc.long_wait",)),
)

HEALTH = (
    ChannelHealth(channel=A, dbfs=-24.0, speaking=False, silent_for=1.0),
    ChannelHealth(channel=C, dbfs=-18.0, speaking=True),
)

CHECKLIST = (
    CheckItem(item="checklist.greeting", title="Greeting and name", done=1.0),
    CheckItem(item="checklist.verification", title="Verification", done=11.4),
    CheckItem(item="checklist.empathy", title="Feeling named"),
    CheckItem(item="checklist.paraphrase", title="Said back in own words"),
    CheckItem(item="checklist.solution", title="Solution or next step"),
    CheckItem(item="checklist.date", title="Who does it, and by when"),
    CheckItem(item="checklist.recap", title="Recap"),
    CheckItem(item="checklist.closing", title="Closing"),
)

MOOD = tuple(
    MoodPoint(at=at, score=score, uncertainty=uncertainty)
    for at, score, uncertainty in (
        (6.2, 0.2, 2.6),
        (16.0, -1.0, 1.8),
        (21.5, -2.6, 1.2),
        (41.0, -2.9, 1.0),
    )
)

CALM = Snapshot(
    at=32.0,
    source="live",
    started=True,
    transcript=TALK[:4],
    mood=MOOD[:2],
    health=HEALTH,
    lag=1.1,
    checklist=CHECKLIST,
    measurements=Measurements(talk_share_agent=0.42, pace_agent_wpm=158.0),
)

REPEAT = Card(
    card="P1",
    rule="esc.repeat_contact",
    title="The customer has had to call again",
    track=Track.ESCALATION,
    severity=2,
    do="Own it: one person, one date",
    say="You shouldn't have had to call again about this. I'll own it from here. "
    "Let me tell you exactly what happens next, and by when.",
    wording=1,
    wordings=3,
    because=(
        Evidence(
            rule="esc.repeat_contact",
            utterance="C3",
            channel=C,
            start=21.5,
            end=25.0,
            text="this is the third time I've called",
        ),
        Evidence(rule="esc.repeat_contact", note="no apology from you so far"),
    ),
    raised=26.0,
    until=46.0,
    stays=False,
    danger=False,
)

EMPATHY = msgspec.structs.replace(
    CALM,
    at=45.0,
    level=Level.UPSET,
    level_since=26.0,
    level_because=REPEAT.because[:1],
    card=REPEAT,
    transcript=TALK,
    mood=MOOD,
    mood_trend="falling",
    record=Record(wants=(noted(5.0, C, "a bill that is nearly double corrected"),)),
)

SELF_HARM = Card(
    card="P7",
    rule="safety.self_harm",
    title="The caller may be thinking of ending their life",
    track=Track.SAFETY,
    severity=4,
    do="Stop the task. Slow, low voice. Ask plainly. Stay on the line.",
    say="I'm really glad you told me. I'm staying with you. Are you in danger right now? "
    "Are you thinking about ending your life? Where are you, and what number can I reach you "
    "on if we get cut off? I want to get the right help while we talk.",
    wording=1,
    wordings=1,
    because=(
        Evidence(
            rule="safety.self_harm",
            utterance="C9",
            channel=C,
            start=130.4,
            end=133.0,
            text="I just don't want to be here any more",
        ),
    ),
    raised=133.5,
    until=None,
    stays=True,
    danger=True,
)

SAFETY = msgspec.structs.replace(
    EMPATHY,
    at=135.0,
    level=Level.CRITICAL,
    level_since=133.5,
    card=SELF_HARM,
    transcript=(
        *TALK,
        line(5, A, 52.0, "I'm sorry it took so long. Let me see what happened here."),
        line(
            9,
            C,
            129.0,
            "It's all too much, I just don't want to be here any more.",
            cues=("safety.self_harm",),
        ),
    ),
    history=(
        PastCard(
            card="P1",
            rule="esc.repeat_contact",
            title=REPEAT.title,
            raised=26.0,
            cleared=46.0,
            reason="used",
        ),
    ),
)

WARNING = Card(
    card="P5",
    rule="ladder.warn_1",
    title="An insult aimed at you, a second time",
    track=Track.CONDUCT,
    severity=3,
    do="First warning: name it, ask once, go back to the issue",
    say="I want to sort this out for you. I can't do it while I'm spoken to like that. "
    "Please keep it respectful. Now, about the charge in March:",
    wording=2,
    wordings=2,
    because=(
        Evidence(
            rule="conduct.insult",
            utterance="C6",
            channel=C,
            start=71.0,
            end=73.0,
            text="you're absolutely useless",
        ),
    ),
    raised=74.0,
    until=94.0,
    stays=False,
    danger=False,
)

LADDER = msgspec.structs.replace(
    EMPATHY,
    at=76.0,
    level=Level.ANGRY,
    level_since=72.0,
    card=WARNING,
    ladder=LadderView(stage="warn", warnings=1, needed=2),
    transcript=(
        *TALK,
        line(5, A, 52.0, "I'm sorry it took so long. Let me see what happened here."),
        line(5, C, 60.0, "Are you even qualified to look at this?", cues=("conduct.insult",)),
        line(6, C, 70.0, "Honestly you're absolutely useless.", cues=("conduct.insult",)),
    ),
    measurements=Measurements(
        talk_share_agent=0.36,
        pace_agent_wpm=171.0,
        interruptions_agent=2,
        interruptions_customer=1,
    ),
    record=Record(
        wants=(
            noted(5.0, C, "a bill that is nearly double corrected"),
            noted(30.0, C, "a call back from a manager"),
        ),
        steps=(noted(20.0, A, "account opened, charge of March found"),),
        commitments=(
            Commitment(
                owner=A,
                text="I'll call you back by Friday",
                due="2026-11-27",
                at=58.0,
                utterance="A9",
            ),
        ),
        cues=(
            cue(REPEAT.because[0], "esc.repeat_contact", Track.ESCALATION),
            *(cue(why, "conduct.insult", Track.CONDUCT) for why in WARNING.because),
        ),
    ),
    history=SAFETY.history,
)

TROUBLE = msgspec.structs.replace(
    EMPATHY,
    card=None,
    trouble=(
        Trouble(component="microphone", detail="the device vanished; trying again", since=43.0),
        Trouble(component="echo", detail="the far end is heard in your microphone", since=20.0),
    ),
    health=(
        ChannelHealth(channel=A, dbfs=-100.0, silent_for=18.0, lost=4.2),
        ChannelHealth(channel=C, dbfs=-2.0, speaking=True, clipping=True),
    ),
    lag=4.6,
)

MONO = msgspec.structs.replace(
    CALM,
    source="recording",
    transcript=tuple(msgspec.structs.replace(said, channel=Channel.MIXED) for said in TALK[:4]),
    health=(ChannelHealth(channel=Channel.MIXED, dbfs=-20.0, speaking=True),),
    notices=(
        (
            "One channel holds both voices: Coach cannot tell who speaks, so cards about your "
            "own words and talk-over are off."
        ),
    ),
)

ONE_VOICE = msgspec.structs.replace(CALM, notices=("one voice so far: not split yet",))

DRAFT = msgspec.structs.replace(
    CALM,
    nod="You named the feeling. Good.",
    transcript=(
        *TALK[:5],
        line(3, A, 29.0, "Thank you for watching.", doubtful=True),
        line(4, C, 41.0, "I waited forty", tail="minutes to get thrown", final=False),
    ),
)

AFTER = msgspec.structs.replace(
    LADDER,
    at=214.0,
    ended=True,
    card=None,
    level=Level.CALM,
    mood_trend="rising",
    peak_level=Level.ANGRY,
    after_call=AfterCall(
        well=(
            "The call was angry and ended calm.",
            "You promised with a date the customer can rely on.",
            "You acknowledged how the customer felt.",
        ),
        try_next="Say the matter back in one sentence before you solve it.",
        rest="That was a hard one. Take five minutes before the next call if you can.",
    ),
    checklist=tuple(
        msgspec.structs.replace(item, done=item.done or 100.0 + 10 * number)
        if number != 3
        else item
        for number, item in enumerate(CHECKLIST)
    ),
)

MOMENTS: dict[str, Snapshot | None] = {
    "loading": None,
    "calm": CALM,
    "one voice": ONE_VOICE,
    "draft": DRAFT,
    "mono": MONO,
    "empathy": EMPATHY,
    "trouble": TROUBLE,
    "ladder": LADDER,
    "safety": SAFETY,
    "after": AFTER,
}
"""Every state of the screen that is looked at, in an order a call might take."""


def feed(moment: str, front_end: FrontEnd, *, live: bool) -> None:
    """Bring a screen to a moment."""
    snapshot = MOMENTS[moment]
    if snapshot is None:
        front_end.progress(Progress(label="loading the speech model", done=0.43))
        return
    front_end.progress(Progress(label="model ready", done=1.0))
    front_end.snapshot(snapshot)
    if not live:
        front_end.position(Position(at=snapshot.at, duration=150.0, speed=2.0, playing=True))
