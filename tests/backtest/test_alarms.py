"""Counting false alarms: readers of conversations, the real engine over them, the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shipped_rules import book

from coach.backtest.alarms import Firing, Tally, alarm_table, count_alarms
from coach.backtest.corpus import (
    CorpusConversation,
    Spoken,
    facts_of,
    find_files,
    read_conversations,
)
from coach.calls.journal import JournalHeader, encode_line
from coach.cli import main
from coach.engine.engine import EngineSettings
from coach.errors import Exit, InputError
from coach.events import CallEnded, CallStarted, Channel, SpeechStarted, Track, Utterance

C, A = Channel.CUSTOMER, Channel.AGENT


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def only(file: Path) -> CorpusConversation:
    (conversation,) = read_conversations(file)
    return conversation


def said(conversation: CorpusConversation) -> list[tuple[Channel, str]]:
    return [(line.channel, line.text) for line in conversation.lines]


def test_strangers_each_take_the_customers_part(tmp_path: Path) -> None:
    file = write(tmp_path, "talk.txt", "A|Hello, {F uh} there.|fp\nB|Hi.|fp\nA|[laughter]|x\n")
    first, second = read_conversations(file)
    assert said(first) == [(C, "Hello, F uh there."), (A, "Hi.")]
    assert said(second) == [(A, "Hello, F uh there."), (C, "Hi.")]


def test_a_timed_table_keeps_its_times(tmp_path: Path) -> None:
    rows = "start_s\tend_s\trole\ttext\n1.5\t2.5\tagent\thello [noise]\n3\t4\tcaller\thi <unk>\n"
    conversation = only(write(tmp_path, "call.tsv", rows + "5\t6\tcaller\t[noise]\n"))
    assert said(conversation) == [(A, "hello"), (C, "hi")]
    assert [(line.start, line.end) for line in conversation.lines] == [(1.5, 2.5), (3.0, 4.0)]


def test_a_table_of_customers_turns_holds_many_conversations(tmp_path: Path) -> None:
    rows = (
        "conversationId\tturnNumber\tutterance\nx\t1\thello\nx\t3\ti need a room\n"
        "y\t1\tbye\ny\t2\t\n"
    )
    first, second = read_conversations(write(tmp_path, "dev.tsv", rows))
    assert said(first) == [(C, "hello"), (C, "i need a room")]
    assert said(second) == [(C, "bye")]


def test_json_lines_are_turns_or_single_utterances(tmp_path: Path) -> None:
    turns = '{"channel": "agent", "text": "hello"}\n{"channel": "CUSTOMER", "text": "hi"}\n'
    assert said(only(write(tmp_path, "a.jsonl", turns))) == [(A, "hello"), (C, "hi")]
    singles = '{"utterance": "one"}\n{"utterance": "two"}\n'
    assert [said(c) for c in read_conversations(write(tmp_path, "b.jsonl", singles))] == [
        [(C, "one")],
        [(C, "two")],
    ]


def test_a_journal_gives_its_own_facts(tmp_path: Path) -> None:
    started = CallStarted(at=0.0, call="x", started="2026-01-01T09:00:00+00:00", source="t")
    utterance = Utterance(at=3.0, channel=C, start=1.0, end=2.0, utterance="C1", text="hello")
    header = JournalHeader(version="0", call="x", rules="", settings={})
    file = tmp_path / "call.jsonl"
    file.write_bytes(b"\n".join(encode_line(item) for item in (header, started, utterance)) + b"\n")
    assert facts_of(only(file), 150) == [started, utterance]


def test_lines_without_times_follow_at_the_given_rate() -> None:
    lines = (Spoken(channel=C, text="one two three four five"), Spoken(channel=A, text="six"))
    facts = facts_of(CorpusConversation(name="x", lines=lines), 150)
    first, second = (f for f in facts if isinstance(f, Utterance))
    assert first.end - first.start == pytest.approx(2.0)
    assert second.start == pytest.approx(first.end)
    assert isinstance(facts[0], CallStarted)
    assert isinstance(facts[-1], CallEnded)
    assert [f.at for f in facts] == sorted(f.at for f in facts)
    assert sum(isinstance(f, SpeechStarted) for f in facts) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", '{"channel": "nobody", "text": "x"}\n'),
        ("a.jsonl", "{broken\n"),
        ("a.tsv", "start_s\tend_s\trole\ttext\nnever\t2\tagent\thello\n"),
        ("a.tsv", "start_s\tend_s\nnever\t2\n"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(InputError, match=r"a\.(jsonl|tsv)"):
        list(read_conversations(write(tmp_path, name, text)))


def test_licences_and_other_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "LICENSE.txt", "All of it.\n")
    write(tmp_path, "labels.tsv", "a\tb\n")
    talk = write(tmp_path, "deep/er/talk.txt", "A|hi|x\n")
    assert find_files([tmp_path]) == [talk]
    with pytest.raises(InputError, match="does not exist"):
        find_files([tmp_path / "absent"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no conversation"):
        find_files([tmp_path / "empty"])


CALM = (
    Spoken(channel=A, text="Good morning, how can I help you?"),
    Spoken(channel=C, text="Hi, I'd like to know what the late fee is on my card please."),
    Spoken(channel=A, text="Of course, it is ten pounds."),
    Spoken(channel=C, text="Thank you, that is all."),
)
HEATED = (
    Spoken(channel=A, text="Good morning, how can I help you?"),
    Spoken(channel=C, text="You people are useless, you are a fucking idiot."),
    Spoken(channel=C, text="I will find out where you live and I will kill you."),
)


def tally(*calls: tuple[Spoken, ...]) -> Tally:
    conversations = [
        CorpusConversation(name=f"call {n}", lines=lines) for n, lines in enumerate(calls)
    ]
    return count_alarms(conversations, book(), EngineSettings())


@pytest.mark.meaning
def test_a_calm_call_raises_nothing_about_the_customer() -> None:
    result = tally(CALM, CALM)
    assert result.cues() == ()
    assert result.cards(customer=True) == ()
    assert (result.conversations, result.customer_turns) == (2, 4)
    assert result.levels == {"calm": 2}


@pytest.mark.meaning
def test_what_fires_is_kept_with_its_words() -> None:
    result = tally(CALM, HEATED)
    threats = [f for f in result.cues() if f.track is Track.THREAT]
    assert threats
    assert threats[0].conversation == "call 1"
    assert threats[0].context[-1] == f"C: {HEATED[-1].text}"
    assert any(f.track is Track.THREAT for f in result.cards(customer=True))
    assert set(result.levels) > {"calm"}


@pytest.mark.meaning
def test_hours_are_those_of_talk() -> None:
    words = sum(len(line.text.split()) for line in CALM)
    assert tally(CALM).hours * 3600 == pytest.approx(words * 0.4 + 0.5)


@pytest.mark.meaning
def test_the_table_adds_up() -> None:
    result = tally(CALM, HEATED)
    table = alarm_table(result)
    assert f"customer cards  {len(result.cards(customer=True))} (" in table
    for firing in result.firings:
        assert firing.rule in table


def test_the_table_counts_families_and_tells_how_far_rates_can_be_trusted() -> None:
    def fired(rule: str, kind: str, track: Track) -> Firing:
        return Firing(
            conversation="a", at=1.0, kind=kind, rule=rule, track=track, severity=2, text="",
            context=(),
        )  # fmt: skip

    result = Tally(
        conversations=2,
        hours=10.0,
        customer_turns=4000,
        firings=(
            fired("esc.churn", "cue", Track.ESCALATION),
            fired("esc.churn", "card", Track.ESCALATION),
            fired("esc.legal", "card", Track.ESCALATION),
            fired("esc.legal", "card", Track.ESCALATION),
            fired("threat.direct", "cue", Track.THREAT),
            fired("agent.blame", "card", Track.COACHING),
        ),
        levels={"calm": 2},
    )
    lines = alarm_table(result).splitlines()
    assert "customer cards  3 (0.30 an hour, 0.06 to 0.88)" in lines
    assert "agent cards     1 (0.10 an hour, 0.00 to 0.56)" in lines
    assert (
        "graver ones     1 conduct, threat and safety (0.50 in 2,000 turns, 0.01 to 2.79)" in lines
    )
    rows = [line.split(None, 4) for line in lines]
    assert ["esc", "1", "3", "0.30", "0.06 to 0.88"] in rows
    assert ["threat", "1", "0", "0.00", "0.00 to 0.37"] in rows
    assert ["esc.legal", "0", "2", "0.20", "0.02 to 0.72"] in rows
    assert max(map(len, lines)) <= 80


@pytest.mark.meaning
def test_the_command_prints_counts_firings_and_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"channel": line.channel.value, "text": line.text} for line in HEATED]
    write(tmp_path, "hot.jsonl", "\n".join(json.dumps(line) for line in lines))
    assert main(["alarms", str(tmp_path), "--show", "cues"]) == Exit.OK
    shown = capsys.readouterr().out
    assert "customer turns  2" in shown
    assert "C: I will find out where you live" in shown
    assert main(["alarms", str(tmp_path), "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["customer_turns"] == 2


@pytest.mark.parametrize(
    "words", [[], ["--wpm", "0", "."], ["/nowhere/at/all"], ["--mood", "/nowhere"]]
)
def test_mistakes_are_told_plainly(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", *words]) == Exit.INPUT
    told = capsys.readouterr().err.splitlines()
    assert next(line[:7] for line in told if not line.startswith("rules: ")) == "coach: "
