"""Old calls replay with the rules they had: kept beside the journal, whole or not at all."""

from __future__ import annotations

import gzip
import stat
from pathlib import Path

import msgspec
import pytest
from callscript import spoken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulekit import book, card, customer, rule
from strategies import calls

from coach.calls.call import Call, Setup
from coach.calls.journal import Journal, read_journal
from coach.calls.kept_rules import LARGEST, folder_of, keep, kept, rules_of_call
from coach.cli import main
from coach.engine.engine import EngineSettings
from coach.errors import Exit, InputError, StorageError
from coach.events import CallEnded, CallStarted, Degraded, Fact, Result, RulesChanged
from coach.replay.player import JournalSource, Player, first_difference, replay_results, run_through
from rules.books.loader import fingerprint, load_book
from rules.definition.conditions import Silence
from rules.definition.rule import Rule, RuleBook

FIRST = CallStarted(at=0.0, call="c", started="2026-03-04T09:30:00+00:00", source="test")


def named(*rules: Rule) -> RuleBook:
    return msgspec.structs.replace(book(*rules), fingerprint=fingerprint(rules))


BOSS = rule("esc.boss", "manager", card=card())
BOOKS = (
    named(BOSS, rule("agent.quiet", Silence(longer_than=6), 1, card=card())),
    named(msgspec.structs.replace(BOSS, severity=3), rule("esc.bill", "bill", card=card())),
    named(rule("agent.quiet", Silence(longer_than=3), 1, card=card())),
)


def setup(number: int) -> Setup:
    return Setup(book=BOOKS[number], settings=EngineSettings(), rules=f"set {number}")


def replayed(journal: Journal) -> list[Result]:
    own = rules_of_call(journal)
    assert own.first is not None
    assert own.missing == ()
    return replay_results(journal, own.first, EngineSettings(), own.others)


# --- sets on disk -----------------------------------------------------------------------------


def test_the_shipped_pack_comes_back_as_it_was(tmp_path: Path) -> None:
    pack = load_book()
    keep(pack, tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size < 200_000
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    back = kept(pack.fingerprint, tmp_path)
    assert back is not None
    assert fingerprint(back.rules) == back.fingerprint == pack.fingerprint
    assert [r.source for r in back.rules] == [r.source for r in pack.rules]


def test_a_set_is_written_once(tmp_path: Path) -> None:
    keep(BOOKS[0], tmp_path)
    (file,) = tmp_path.iterdir()
    before = (file.stat().st_mtime_ns, file.stat().st_ino)
    keep(BOOKS[0], tmp_path)
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


def test_what_is_not_kept_is_none_and_no_name_leads_elsewhere(tmp_path: Path) -> None:
    keep(BOOKS[0], tmp_path / "rules")
    assert kept("0" * 64, tmp_path) is None
    assert kept(f"rules/{BOOKS[0].fingerprint}", tmp_path) is None
    assert kept(f"../rules/{BOOKS[0].fingerprint}", tmp_path / "rules") is None


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("cut", "cannot be read"),
        ("empty", "cannot be read"),
        ("text", "cannot be read"),
        ("other", "holds another set of rules than its name says"),
        ("huge", "is no kept set of rules: it is far too large"),
    ],
)
def test_a_damaged_set_gets_one_clear_line(damage: str, words: str, tmp_path: Path) -> None:
    keep(BOOKS[0], tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    keep(BOOKS[1], tmp_path / "more")
    (another,) = (tmp_path / "more").iterdir()
    bytes_now = {
        "cut": whole[:-20], "empty": b"", "text": b"no rules", "other": another.read_bytes(),
        "huge": gzip.compress(bytes(LARGEST + 1), 1),
    }  # fmt: skip
    file.write_bytes(bytes_now[damage])
    with pytest.raises(InputError) as caught:
        kept(BOOKS[0].fingerprint, tmp_path)
    assert file.name in str(caught.value)
    assert words in str(caught.value)


# --- calls ------------------------------------------------------------------------------------

relaxed = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@relaxed
@given(st.data())
def test_a_journal_with_changes_in_it_replays_exactly(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    facts = data.draw(calls())
    changes = data.draw(
        st.lists(st.tuples(st.integers(1, len(facts) - 1), st.integers(0, 2)), max_size=4)
    )
    path = tmp_path_factory.mktemp("call") / "call.jsonl"
    call = Call(setup(0), FIRST, path)
    made: list[Result] = []
    for number, fact in enumerate(facts[1:], 1):
        for place, chosen in changes:
            if place == number:
                made += call.change_rules(setup(chosen))
        made += call.feed(fact)
    assert call.close() == ""
    journal = read_journal(path)
    assert list(journal.results()) == made
    assert first_difference(journal.results(), replayed(journal)) is None


def changed_call(folder: Path) -> Path:
    """A call whose rules change at 10 s, so that the bill is noticed from there on."""
    path = folder / "call.jsonl"
    call = Call(setup(0), FIRST, path)
    before = [*spoken(customer(1.0, "the bill"), "C1"), *spoken(customer(4.0, "manager"), "C2")]
    for fact in before:
        call.feed(fact)
    call.tick(10.0)
    call.change_rules(setup(1))
    for fact in spoken(customer(12.0, "the bill"), "C3"):
        call.feed(fact)
    call.feed(CallEnded(at=30.0, reason="over"))
    call.close()
    return path


def test_the_journal_names_the_change_and_both_sets_are_kept(tmp_path: Path) -> None:
    journal = read_journal(changed_call(tmp_path))
    (change,) = [f for f in journal.facts() if isinstance(f, RulesChanged)]
    assert (change.at, change.before, change.rules) == (
        10.0, BOOKS[0].fingerprint, BOOKS[1].fingerprint,
    )  # fmt: skip
    assert change.changed == ("esc.boss", "agent.quiet", "esc.bill")
    assert change.source == "set 1"
    assert journal.header.rules == BOOKS[0].fingerprint
    assert len(list(folder_of(journal.path).iterdir())) == 2
    raised = [r.rule for r in journal.results() if type(r).__name__ == "CardRaised"]
    assert raised == ["esc.boss", "esc.bill"]


def test_the_screen_says_for_a_while_that_rules_changed(tmp_path: Path) -> None:
    call = Call(setup(0), FIRST, tmp_path / "call.jsonl")
    call.tick(5.0)
    assert call.snapshot().rules == "set 0"
    call.change_rules(setup(1))
    assert call.snapshot().rules == "set 0"
    call.tick(6.0)
    shown = call.snapshot()
    assert shown.rules == "set 1"
    assert shown.notices == ("Rules changed: esc.boss, agent.quiet, esc.bill (set 1).",)
    call.tick(60.0)
    assert call.snapshot().notices == ()
    call.close()


def test_the_same_rules_again_are_no_change(tmp_path: Path) -> None:
    call = Call(setup(0), FIRST, tmp_path / "call.jsonl")
    assert call.change_rules(setup(0)) == []
    call.close()
    assert not [e for e in read_journal(call.journal or tmp_path).events if type(e) is RulesChanged]


def test_rules_that_cannot_be_kept_do_not_stop_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coach.calls.kept_rules.write_whole", full)
    with pytest.raises(StorageError, match="No space left"):
        keep(BOOKS[0], tmp_path / "rules")
    call = Call(setup(0), FIRST, tmp_path / "call.jsonl")
    call.close()
    (told,) = [e for e in read_journal(tmp_path / "call.jsonl").facts() if isinstance(e, Degraded)]
    assert told.component == "kept rules"


def test_looking_back_in_a_replay_crosses_the_change_both_ways(tmp_path: Path) -> None:
    journal = read_journal(changed_call(tmp_path))
    own = rules_of_call(journal)
    assert own.first is not None
    replay = Setup(book=own.first, settings=EngineSettings(), others=own.others)
    player = Player(JournalSource(journal), replay, None)
    events = list(run_through(player))
    assert [e for e in events if isinstance(e, Result)] == list(journal.results())
    for at, expected in ((5.5, "esc.boss"), (27.0, "esc.bill"), (5.5, "esc.boss")):
        player.look_at(at)
        seen = player.snapshot().card
        assert seen is not None
        assert seen.rule == expected


# --- commands ---------------------------------------------------------------------------------


def test_an_old_call_verifies_with_the_rules_it_had(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed_call(tmp_path)
    assert main(["replay", str(path), "--verify"]) == Exit.OK
    out, err = capsys.readouterr()
    assert "all as recorded" in out
    assert (
        f"rules: those the call had; 2 of 2 rules run; fingerprint {BOOKS[0].fingerprint[:12]}"
        in err
    )
    assert main(["replay", str(path), "--headless"]) == Exit.OK
    out, _ = capsys.readouterr()
    assert "00:10.0  RULES CHANGED  esc.boss, agent.quiet, esc.bill (set 1)" in out
    assert main(["replay", str(path), "--headless", "--rules-in-force"]) == Exit.OK
    out, err = capsys.readouterr()
    assert "RULES CHANGED" not in out
    assert "shipped packs (en)" in err


def test_a_kept_call_is_replayed_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or by the beginning of it; where that fits several calls, all are named."""
    monkeypatch.setenv("COACH_DATA_HOME", str(tmp_path))
    (tmp_path / "calls").mkdir()
    path = changed_call(tmp_path / "calls")
    assert main(["replay", path.stem[:3], "--verify"]) == Exit.OK
    assert f"{path}: " in capsys.readouterr().out
    (tmp_path / "calls" / f"{path.stem}-b.jsonl").write_bytes(path.read_bytes())
    assert main(["replay", path.stem[:3], "--headless"]) == Exit.INPUT
    assert f"2 calls begin with {path.stem[:3]!r}: " in capsys.readouterr().err


def test_what_is_not_kept_any_more_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed_call(tmp_path)
    (folder_of(path) / f"{BOOKS[1].fingerprint}.json.gz").unlink()
    assert main(["replay", str(path), "--verify"]) == Exit.FAILED
    assert "the rules it changed to at 00:10.0 are not kept beside it" in capsys.readouterr().err
    (folder_of(path) / f"{BOOKS[0].fingerprint}.json.gz").write_bytes(b"")
    assert main(["replay", str(path), "--verify"]) == Exit.INPUT
    (folder_of(path) / f"{BOOKS[0].fingerprint}.json.gz").unlink()
    assert main(["replay", str(path), "--headless"]) == Exit.OK
    assert "the rules it had are not kept beside it" in capsys.readouterr().out


def test_facts_of_a_journal_stay_in_order_with_a_change(tmp_path: Path) -> None:
    facts: tuple[Fact, ...] = read_journal(changed_call(tmp_path)).facts()
    assert [f.at for f in facts] == sorted(f.at for f in facts)
