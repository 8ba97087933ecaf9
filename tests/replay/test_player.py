"""Replaying a call from its journal, with looking back."""

from __future__ import annotations

import json
import sys
import wave
from pathlib import Path

import msgspec
import numpy as np
import pytest
from shipped_rules import book

from audio.recordings.opening import open_recording
from audio.samples.chunks import Chunk
from coach.calls.call import Setup
from coach.calls.journal import Journal, JournalHeader, JournalWriter, encode_line, read_journal
from coach.calls.side_watch import Taken
from coach.cli import main
from coach.engine.engine import EngineSettings
from coach.errors import Exit
from coach.events import (
    Action,
    AudioWarning,
    CallEnded,
    CallStarted,
    CardRaised,
    Channel,
    Fact,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)
from coach.replay.player import (
    JournalSource,
    Player,
    RecordingSource,
    first_difference,
    replay_results,
    run_through,
)

SCRIPT = [
    (1.0, Channel.AGENT, "thank you for calling my name is anna how can i help you today"),
    (6.0, Channel.CUSTOMER, "this is the third time i have called about this bill"),
    (14.0, Channel.AGENT, "i am sorry that you had to call again i understand how annoying it is"),
    (40.0, Channel.CUSTOMER, "i want to speak to your manager right now"),
    (70.0, Channel.AGENT, "of course i can arrange that"),
    (90.0, Channel.CUSTOMER, "thank you that helps a lot i appreciate it"),
]


def spoken_call() -> list[Fact]:
    """The script as facts, with words at two and a half a second."""
    facts: list[Fact] = [
        CallStarted(at=0.0, call="scripted", started="2026-01-05T09:00:00+00:00", source="script")
    ]
    for number, (start, channel, text) in enumerate(SCRIPT):
        end = start + len(text.split()) / 2.5
        name = f"{channel[0]}{number}"
        facts += [
            SpeechStarted(at=start + 0.1, channel=channel, start=start, end=start),
            SpeechEnded(at=end + 0.5, channel=channel, start=start, end=end),
            Utterance(
                at=end + 0.8, channel=channel, start=start, end=end, utterance=name, text=text
            ),
        ]
    facts.sort(key=lambda fact: fact.at)
    return [*facts, CallEnded(at=120.0, reason="end")]


@pytest.fixture(scope="module")
def setup() -> Setup:
    return Setup(book=book(), settings=EngineSettings(), notices=("a remark",))


@pytest.fixture(scope="module")
def kept_call(tmp_path_factory: pytest.TempPathFactory, setup: Setup) -> bytes:
    """A journal as a call leaves it: the script, run once."""
    folder = tmp_path_factory.mktemp("scripted")
    raw = folder / "raw.jsonl"
    header = JournalHeader(
        version="0",
        call="scripted",
        rules=setup.book.fingerprint,
        settings=msgspec.to_builtins(setup.settings),
    )
    writer = JournalWriter(raw, header)
    writer.write(spoken_call())
    writer.close()
    path = folder / "call.jsonl"
    player = Player(JournalSource(read_journal(raw)), setup, path)
    list(run_through(player))
    assert player.call.close() == ""
    return path.read_bytes()


@pytest.fixture
def journal(tmp_path: Path, kept_call: bytes) -> Path:
    """The kept call in a file of its own."""
    path = tmp_path / "call.jsonl"
    path.write_bytes(kept_call)
    return path


def test_a_journal_gives_its_results_again(journal: Path, setup: Setup) -> None:
    read = read_journal(journal)
    rules = [r.rule for r in read.results() if isinstance(r, CardRaised)]
    assert "esc.repeat_contact" in rules
    assert "esc.supervisor" in rules
    assert (
        first_difference(read.results(), replay_results(read, setup.book, setup.settings)) is None
    )


def test_looking_back_shows_the_call_as_it_stood(journal: Path, setup: Setup) -> None:
    player = Player(JournalSource(read_journal(journal)), setup, None)
    seen = {}
    while not player.finished:
        player.step(float("inf"))
        seen[player.position] = player.call.snapshot()
    for at, then in seen.items():
        if at < player.frontier:
            player.look_at(at)
            now = player.snapshot()
            assert now.card == then.card
            assert now.level == then.level
            assert now.transcript == then.transcript


def test_going_on_from_a_look_back_returns_to_the_call(journal: Path, setup: Setup) -> None:
    player = Player(JournalSource(read_journal(journal)), setup, None)
    list(run_through(player))
    end = player.snapshot()
    assert not end.journalled  # no journal was asked for
    player.look_at(10.0)
    assert not player.finished
    assert player.position == 10.0
    while not player.finished:
        player.step(player.position + 7.0)
    assert player.snapshot() == end


def test_keys_pressed_while_looking_back_change_nothing_that_is_kept(
    journal: Path, setup: Setup, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.jsonl"
    player = Player(JournalSource(read_journal(journal)), setup, kept)
    while player.position < 60.0:
        player.step(float("inf"))
    assert (player.snapshot().looking_back, player.snapshot().journalled) == (False, True)
    player.look_at(20.0)
    player.act(Action.CALM_MODE, card=None, note="")
    assert player.snapshot().calm_mode
    assert (player.snapshot().looking_back, player.snapshot().journalled) == (True, False)
    while not player.finished:
        player.step(player.position + 20.0)
    assert not player.snapshot().calm_mode
    assert Action.CALM_MODE not in {getattr(f, "action", None) for f in read_journal(kept).facts()}


def test_keys_pressed_at_the_frontier_are_kept_and_replayed(
    journal: Path, setup: Setup, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.jsonl"
    player = Player(JournalSource(read_journal(journal)), setup, kept)
    while player.snapshot().card is None:
        player.step(float("inf"))
    card = player.snapshot().card
    assert card is not None
    player.act(Action.DISMISS, card=card.card, note="")
    list(run_through(player))
    player.call.close()
    read = read_journal(kept)
    assert [f.action for f in read.facts() if hasattr(f, "action")] == [Action.DISMISS]
    assert (
        first_difference(read.results(), replay_results(read, setup.book, setup.settings)) is None
    )


def test_a_caller_that_is_named_at_the_frontier_is_looked_up(
    journal: Path, setup: Setup, tmp_path: Path
) -> None:
    """What earlier calls came to is shown, and quoted in no other call's journal."""
    kept = tmp_path / "kept.jsonl"
    known = msgspec.structs.replace(setup, earlier=lambda who, _: (f"at worst, {who}",) * bool(who))
    player = Player(JournalSource(read_journal(journal)), known, kept)
    player.step(1.0)
    before = player.call.snapshot().notices
    player.act(Action.CALLER, card=None, note="K2")
    assert (*before, "at worst, K2") == player.call.snapshot().notices
    player.act(Action.CALLER, card=None, note="")
    assert player.call.snapshot().notices == before
    assert '"note":"K2"' in kept.read_text()
    assert "at worst" not in kept.read_text()


def test_swapping_sides_renames_what_is_heard_from_there_on(
    journal: Path, setup: Setup, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.jsonl"
    player = Player(JournalSource(read_journal(journal)), setup, kept)
    while player.position < 30.0:
        player.step(float("inf"))
    player.act(Action.SWAP_CHANNELS, card=None, note="")
    list(run_through(player))
    player.call.close()
    read = read_journal(kept)
    heard = {f.text: f.channel for f in read.facts() if isinstance(f, Utterance)}
    assert heard[SCRIPT[1][2]] is Channel.CUSTOMER
    assert heard[SCRIPT[3][2]] is Channel.AGENT
    assert (
        first_difference(read.results(), replay_results(read, setup.book, setup.settings)) is None
    )


def test_a_key_and_then_looking_back_goes_on(setup: Setup) -> None:
    """A key is stamped when the screen shows it, which may be a rounding error after a fact."""
    place = {"channel": Channel.CUSTOMER, "start": 1.0, "end": 2.0}
    early, late = 12.959999999999999, 12.96
    source = JournalSource(
        Journal(
            header=JournalHeader(version="0", call="x", rules="", settings={}),
            events=(
                CallStarted(at=0.0, call="x", started="", source="s"),
                SpeechEnded(at=late, **place),
                CallEnded(at=60.0, reason="end"),
            ),
        )
    )
    behind = Utterance(at=early, utterance="C1", text="i want to speak to your manager", **place)
    source.facts = lambda: iter(  # type: ignore[method-assign]
        [
            (late, [SpeechEnded(at=late, **place)]),
            (late, [behind]),
            (60.0, [CallEnded(at=60.0, reason="end")]),
        ]
    )
    player = Player(source, setup, None)
    player.step(late)
    player.act(Action.CALM_MODE, card=None, note="")
    player.step(late)
    then = player.snapshot()
    while not player.finished:
        player.step(float("inf"))
    player.look_at(late)
    assert player.snapshot().transcript == then.transcript
    assert player.snapshot().calm_mode


@pytest.mark.parametrize("times", [1, 2])
def test_swapping_in_mid_sentence_loses_no_word(
    journal: Path, setup: Setup, tmp_path: Path, times: int
) -> None:
    plain = Player(JournalSource(read_journal(journal)), setup, None)
    list(run_through(plain))
    kept = tmp_path / "kept.jsonl"
    player = Player(JournalSource(read_journal(journal)), setup, kept)
    for speech in range(times):
        while player.position < SCRIPT[3][0] + 1.0 + speech:
            player.step(float("inf"))
        player.act(Action.SWAP_CHANNELS, card=None, note="")
    list(run_through(player))
    player.call.close()
    read = read_journal(kept)
    heard = [(line.utterance, line.text) for line in player.snapshot().transcript]
    assert heard == [(line.utterance, line.text) for line in plain.snapshot().transcript]
    share, usual = (p.snapshot().measurements.talk_share_agent for p in (player, plain))
    assert share is not None
    assert usual is not None
    assert share == pytest.approx(usual if times == 2 else 1.0 - usual)
    assert (
        first_difference(read.results(), replay_results(read, setup.book, setup.settings)) is None
    )


def test_a_warning_about_a_side_is_about_the_other_after_a_swap(setup: Setup) -> None:
    silent = AudioWarning(at=9.0, kind="silent_agent", detail="nothing from the agent")
    events = (
        CallStarted(at=0.0, call="x", started="", source="s"),
        SpeechStarted(at=5.0, channel=Channel.AGENT, start=5.0, end=5.0),
        silent,
        CallEnded(at=60.0, reason="end"),
    )
    header = JournalHeader(version="0", call="x", rules="", settings={})
    player = Player(JournalSource(Journal(header=header, events=events)), setup, None)
    player.step(float("inf"))
    player.act(Action.SWAP_CHANNELS, card=None, note="")
    player.step(float("inf"))
    (trouble,) = player.snapshot().trouble
    assert trouble.component == "silent_customer"
    assert "customer" in trouble.detail


def test_ending_early_ends_the_journal(journal: Path, setup: Setup, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    player = Player(JournalSource(read_journal(journal)), setup, kept)
    while player.position < 20.0:
        player.step(float("inf"))
    player.end()
    assert player.finished
    player.call.close()
    last = read_journal(kept).facts()[-1]
    assert isinstance(last, CallEnded)
    assert last.reason == "ended by the agent"


# --- the command line ------------------------------------------------------------------------


def test_headless_prints_the_timeline(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(journal), "--headless"]) == Exit.OK
    out = capsys.readouterr().out
    assert "CARD" in out
    assert "[esc.supervisor]" in out
    assert 'WHY  "' in out
    assert "call ended: end" in out


def test_headless_on_a_terminal_cuts_no_word(
    journal: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["replay", str(journal), "--headless", "--why-not"]
    assert main(words) == Exit.OK
    whole = capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    assert main(words) == Exit.OK
    shown = capsys.readouterr().out
    assert shown.split() == whole.split()
    assert max(map(len, whole.splitlines())) > 80
    assert max(map(len, shown.splitlines())) <= 80


def test_verify_accepts_what_was_recorded(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(journal), "--verify"]) == Exit.OK
    assert "all as recorded" in capsys.readouterr().out


def test_verify_names_the_first_difference(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = journal.read_bytes().splitlines(keepends=True)
    index = next(i for i, line in enumerate(lines) if b'"CardRaised"' in line)
    before = sum(
        1 for line in lines[1:index] if not any(f'"{n}"'.encode() in line for n in FACT_NAMES)
    )
    raised = json.loads(lines[index])
    raised["say"] = "Something else."
    lines[index] = json.dumps(raised).encode() + b"\n"
    journal.write_bytes(b"".join(lines))
    assert main(["replay", str(journal), "--verify"]) == Exit.FAILED
    out = capsys.readouterr().out
    assert f"result {before + 1} differs" in out
    assert "Something else." in out


FACT_NAMES = ("CallStarted", "CallEnded", "SpeechStarted", "SpeechEnded", "Utterance")


def test_verify_says_when_the_rules_are_others(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, rest = journal.read_bytes().split(b"\n", 1)
    data = json.loads(header)
    data["rules"] = "0" * 64
    journal.write_bytes(json.dumps(data).encode() + b"\n" + rest)
    main(["replay", str(journal), "--verify"])
    assert "other rules" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["replay", "nowhere.wav"], Exit.INPUT, "nowhere.wav"),
        (["replay"], Exit.INPUT, "nothing to replay"),
        (["replay", "--agent", "a.wav"], Exit.INPUT, "both"),
        (["replay", "nowhere.wav", "--verify"], Exit.INPUT, "needs a journal"),
        (["replay", "empty.wav"], Exit.INPUT, "empty.wav"),
        (["replay", "text.wav"], Exit.INPUT, "text.wav"),
        (["replay", "broken.jsonl"], Exit.INPUT, "broken.jsonl, line 2"),
        (
            ["demo", "--headless", "--settings", "nowhere.toml"],
            Exit.INPUT,
            "The settings file nowhere.toml is not there. Check its name and folder.",
        ),
        (["demo", "--headless", "--rules", "nowhere.toml"], Exit.RULES, "nowhere.toml"),
        (["demo", "--headless", "--vocabulary", "nowhere.txt"], Exit.INPUT, "nowhere.txt"),
        pytest.param(
            *(["demo", "--headless", "--model", "no/such/model"], Exit.MODEL, "no/such/model"),
            marks=pytest.mark.samples,
        ),
    ],
)
def test_a_mistake_gets_one_clear_line(
    words: list[str],
    code: Exit,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.wav").touch()
    Path("text.wav").write_text("this is no sound at all, only words\n" * 50)
    header = JournalHeader(version="0", call="x", rules="", settings={})
    Path("broken.jsonl").write_bytes(encode_line(header) + b"{oops\n{}\n")
    assert main(words) == code
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err


# --- whose the sides are -----------------------------------------------------------------------


class Scripted:
    """A listener that hears a script, whatever sound it is given."""

    chunk = 0.02

    def __init__(self, *heard: Utterance | AudioWarning) -> None:
        self._heard = list(heard)

    def push(self, chunk: Chunk) -> list[Fact]:
        due = [one for one in self._heard if one.at <= chunk.end]
        self._heard = [one for one in self._heard if one.at > chunk.end]
        return list(due)

    def finish(self, at: float) -> list[Fact]:
        del at
        return []


def two_noises(path: Path) -> Path:
    """A stereo recording of 12 s."""
    noise = np.random.default_rng(1).integers(-900, 900, (8000 * 12, 2)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 8000, len(noise), "NONE", ""))
        file.writeframes(noise.tobytes())
    return path


def test_an_echo_is_told_as_a_recordings(tmp_path: Path) -> None:
    advice = "the microphone hears the far end, 6 ms late and 9 dB fainter: use a headset, or"
    warning = AudioWarning(at=3.0, kind="echo", detail=advice + " turn the loudspeaker down")
    source = RecordingSource(
        open_recording(two_noises(tmp_path / "two.wav")),
        Scripted(warning),  # type: ignore[arg-type]
        CallStarted(at=0.0, call="x", started="", source="two.wav"),
    )
    facts = [fact for _, facts in source.facts() for fact in facts]
    (told,) = (fact for fact in facts if isinstance(fact, AudioWarning) and fact.kind == "echo")
    assert "headset" not in told.detail
    assert "one side also carries the other's voice, 6 ms late and 9 dB fainter" in told.detail


def replayed_sides(tmp_path: Path, setup: Setup, taken: Taken, *lines: tuple[Channel, str]) -> str:
    """The timeline of a recording on whose tracks these lines are heard, 2 s apart."""
    path = two_noises(tmp_path / "two.wav")
    heard = [
        Utterance(
            at=2.0 * n + 1.9,
            channel=channel,
            start=2.0 * n,
            end=2.0 * n + 1.5,
            utterance=f"{channel[0]}{n}",
            text=text,
        )
        for n, (channel, text) in enumerate(lines, 1)
    ]
    first = CallStarted(at=0.0, call="x", started="", source="two.wav")
    source = RecordingSource(
        open_recording(path),
        Scripted(*heard),  # type: ignore[arg-type]
        first,
        taken=taken,
    )
    player = Player(source, setup, None)
    events = list(run_through(player))
    names = {line.text: line.channel for line in player.snapshot().transcript}
    told = "".join(f"{text} {channel.lower()}\n" for text, channel in names.items())
    return told + "\n".join(e.detail for e in events if isinstance(e, AudioWarning))


def test_a_recording_with_the_agent_right_is_exchanged_with_a_notice(
    tmp_path: Path, setup: Setup
) -> None:
    lines = (
        (Channel.CUSTOMER, "how can i help you"),
        (Channel.AGENT, "i lost my card"),
        (Channel.CUSTOMER, "one moment"),
    )
    told = replayed_sides(tmp_path, setup, Taken(), *lines)
    assert "how can i help you agent" in told
    assert "i lost my card customer" in told
    assert "one moment agent" in told
    assert "--agent-channel left decides" in told


def test_a_recording_whose_agent_was_named_is_left_as_it_was_said(
    tmp_path: Path, setup: Setup
) -> None:
    lines = ((Channel.CUSTOMER, "how can i help you"), (Channel.AGENT, "i lost my card"))
    told = replayed_sides(tmp_path, setup, Taken(told=True), *lines)
    assert "how can i help you customer" in told
    assert "seem swapped" in told
