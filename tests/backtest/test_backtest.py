"""Old calls under other rules: the same as replaying each of them, whoever does the work."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import pytest
from callscript import CALLS, Say, facts_of, read, spoken
from hypothesis import HealthCheck, given, settings
from keptcalls import keep as keep_call
from rulekit import agent, book, card, customer, key, rule, said, small_pack
from shipped_rules import book as shipped_book
from strategies import calls
from work_marks import made_once

from coach.backtest import compare as comparing
from coach.backtest import running
from coach.backtest.changes import CardChange
from coach.backtest.compare import (
    ComparedCall,
    Comparison,
    ComparisonAsked,
    LeftOut,
    masked_lines,
    masked_outcome,
)
from coach.backtest.figures import MOST_MOMENTS, ComparisonFigures
from coach.backtest.outcome import RunOutcome, outcome_of
from coach.backtest.report import report_of
from coach.backtest.rerun import ReadyRules
from coach.backtest.running import BLOCK, FEW, Compared, compare_all
from coach.calls import engine_digest
from coach.calls.about import About, CallKind
from coach.calls.call import Call, Setup
from coach.calls.facts_again import recorded_settings
from coach.calls.journal import Journal, read_journal
from coach.calls.marks import Mark, Verdict, add_mark
from coach.calls.masked_journal import masked_events
from coach.calls.redaction.finder import Finder
from coach.cli import main
from coach.commands import backtest as backtest_command
from coach.engine.advice.card_policy import CardSettings
from coach.engine.engine import EngineSettings
from coach.engine.talk.announcements import AnnouncementSettings
from coach.engine.talk.turns import TurnSettings
from coach.errors import Exit
from coach.events import (
    Action,
    CallEnded,
    CallStarted,
    CardRaised,
    Event,
    Fact,
    Result,
    RulesChanged,
)
from coach.meaning.listening import MeaningListener
from coach.replay.player import JournalSource, Player, first_difference, run_through
from rules.books.loader import fingerprint, load_book
from rules.definition.conditions import (
    AnyCondition,
    CueSeen,
    Loud,
    Meaning,
    NotFollowed,
    Silence,
    Speaker,
)
from rules.definition.rule import Kind, Rule, RuleBook, Timing

FIRST = CallStarted(at=0.0, call="c", started="2026-03-04T09:30:00+00:00", source="live")
relaxed = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def named(*rules: Rule) -> RuleBook:
    return msgspec.structs.replace(book(*rules), fingerprint=fingerprint(rules))


LEAVING = Meaning(sentences=("I will cancel everything", "I am going to leave you"), sensitivity=1)
HELPED = Meaning(sentences=("thank you that helps a lot",), sensitivity=2)
BOSS = rule("esc.boss", "manager", card=card())
QUIET = rule("agent.quiet", Silence(longer_than=6), 1, card=card())
LEAVES = rule("esc.leaves", LEAVING, card=card())
BOOKS = (
    named(BOSS, QUIET, LEAVES),
    # the same meaning, heard with another sensitivity: what stands in the journal is enough
    named(
        msgspec.structs.replace(QUIET, when=Silence(longer_than=3)),
        msgspec.structs.replace(
            LEAVES, when=msgspec.structs.replace(LEAVING, sensitivity=9), severity=3
        ),
    ),
    # another meaning, and one that is heard on the other side as well: scored anew
    named(BOSS, rule("esc.helped", HELPED, card=card())),
    named(LEAVES, rule("agent.leaves", LEAVING, 1, card=card())),
)


@made_once
def ready(number: int) -> ReadyRules:
    return ReadyRules(BOOKS[number])


@made_once
def listener(number: int) -> MeaningListener:
    return MeaningListener(BOOKS[number])


def setup(number: int, kind: CallKind = CallKind.LIVE) -> Setup:
    meaning = listener(number)
    return Setup(
        book=BOOKS[number],
        settings=EngineSettings(),
        meaning=meaning,
        encoder=meaning.encoder,
        about=About(kind=kind),
        redaction=None,
    )


def kept(path: Path, facts: Sequence[Fact], number: int = 0, **more: CallKind) -> Journal:
    call = Call(setup(number, **more), FIRST, path)
    for fact in facts:
        call.feed(fact)
    assert call.close() == ""
    return read_journal(path)


def results_of(events: Iterable[Event]) -> list[Result]:
    return [event for event in events if isinstance(event, Result)]


def replayed(journal: Journal, number: int) -> list[Event]:
    """What a full replay makes of a call with other rules: every vector scored anew."""
    source = JournalSource(journal, listener(number))
    judged = msgspec.structs.replace(setup(number), meaning=None)
    return list(run_through(Player(source, judged, None)))


# --- one call again ---------------------------------------------------------------------------


@pytest.mark.meaning
@pytest.mark.parametrize("number", range(len(BOOKS)))
@relaxed
@given(facts=calls())
def test_a_run_is_that_of_a_full_replay(
    tmp_path_factory: pytest.TempPathFactory, facts: list[Fact], number: int
) -> None:
    journal = kept(tmp_path_factory.mktemp("call") / "call.jsonl", facts[1:])
    full = replayed(journal, number)
    run = ready(number).run_anew(journal)
    assert first_difference(results_of(full), results_of(run)) is None
    assert outcome_of(full) == outcome_of(run)
    assert ready(number).is_as_recorded(journal) is (number == 0)
    if number == 0:
        assert run == list(journal.events) == ready(0).run(journal)


HARM = rule("safety.harm", "be here anymore", 3, card=card(Kind.SAFETY))
RAISED = rule("conduct.raised", Loud(by=Speaker.CUSTOMER, over_baseline_db=6), 1, card=card())
ANSWERED = rule(
    "agent.unanswered",
    NotFollowed(first=said("manager"), then=CueSeen(rules=("say.sorry",)), within=6),
    1,
    card=card(),
)
SORRY = rule("say.sorry", "sorry", 0)
BEFORE = (BOSS, QUIET, LEAVES, HARM, RAISED, ANSWERED, SORRY)
LESS: dict[str, AnyCondition] = {
    "agent.quiet": Silence(longer_than=9),
    "conduct.raised": Loud(by=Speaker.CUSTOMER, over_baseline_db=8),
}
AFTER = {
    "one threshold": (
        *(msgspec.structs.replace(one, when=Silence(longer_than=3)) if one is QUIET else one
          for one in BEFORE),
    ),
    "a safety rule": (
        *(msgspec.structs.replace(one, severity=2, when=said("hurt you")) if one is HARM else one
          for one in BEFORE),
    ),
    "one more": (*BEFORE, rule("conduct.rude", "(stupid|useless)", 2, card=card())),
    "another card": (
        *(msgspec.structs.replace(
              one, timing=Timing(cooldown=60.0), card=card(priority=90, hold=5.0)
          ) if one is BOSS else one for one in BEFORE),
    ),
    "less of all": (
        *(msgspec.structs.replace(one, when=LESS[one.id], timing=Timing(for_=1.0))
          if one.id in LESS else one for one in BEFORE),
    ),
    "nothing": BEFORE,
}  # fmt: skip
SETTINGS = EngineSettings(
    cards=CardSettings(wait_s=3.0, min_show_s=1.0),
    turns=TurnSettings(interjection_s=2.0),
    announcements=AnnouncementSettings(needed=2),
)


def masked_replay(journal: Journal, book: RuleBook, meaning: MeaningListener) -> RunOutcome:
    """What a full replay comes to, every line of it masked and nothing spared."""
    own = Setup(
        book=book, settings=recorded_settings(journal), meaning=None, encoder=meaning.encoder,
        redaction=None,
    )  # fmt: skip
    full = run_through(Player(JournalSource(journal, meaning), own, None))
    return outcome_of(list(masked_events(list(full))))


@functools.cache
def judged_by(rules: tuple[Rule, ...]) -> tuple[RuleBook, MeaningListener]:
    book = named(*rules)
    return book, MeaningListener(book)


@functools.cache
def sides(changed: str, *, recorded: bool) -> Comparison:
    old = None if recorded else judged_by(BEFORE)[0]
    return Comparison(ComparisonAsked(old=old, new=judged_by(AFTER[changed])[0]))


@pytest.mark.meaning
@pytest.mark.parametrize("other_settings", [False, True], ids=["usual", "other settings"])
@pytest.mark.parametrize("changed", AFTER)
@relaxed
@given(facts=calls(keys=False))
def test_a_comparison_is_that_of_full_replays(
    tmp_path_factory: pytest.TempPathFactory,
    facts: list[Fact],
    changed: str,
    *,
    other_settings: bool,
) -> None:
    path = tmp_path_factory.mktemp("call") / "call.jsonl"
    book, meaning = judged_by(BEFORE)
    own = msgspec.structs.replace(
        setup(0), book=book, meaning=meaning, encoder=meaning.encoder,
        settings=SETTINGS if other_settings else EngineSettings(),
    )  # fmt: skip
    call = Call(own, FIRST, path)
    for fact in facts[1:]:
        call.feed(fact)
    assert call.close() == ""
    journal = read_journal(path)
    outcomes = tuple(masked_replay(journal, *judged_by(one)) for one in (BEFORE, AFTER[changed]))
    for recorded in (False, True):
        found = sides(changed, recorded=recorded).compare(path)
        assert isinstance(found, ComparedCall)
        asked = sides(changed, recorded=recorded)._asked
        plain = comparing.compared("call", outcomes, (), asked)
        plain = msgspec.structs.replace(plain, as_recorded=found.as_recorded, reached=found.reached)
        assert msgspec.json.encode(found) == msgspec.json.encode(plain)
        assert found.as_recorded


@functools.cache
def shipped() -> tuple[RuleBook, MeaningListener, ReadyRules]:
    """The shipped rules, and the same with an overlay's changes as ready rules."""
    changes = Path(__file__).parent / "other_rules.toml"
    other = load_book(overlay=changes)
    return other, MeaningListener(other), ReadyRules(other)


@pytest.mark.meaning
@pytest.mark.parametrize("name", ["polite_fury", "set_boundaries", "stay_calm"])
def test_the_shipped_rules_with_changes_do_as_in_a_full_replay(name: str, tmp_path: Path) -> None:
    meaning = MeaningListener(shipped_book())
    own = Setup(
        book=shipped_book(),
        settings=EngineSettings(),
        meaning=meaning,
        encoder=meaning.encoder,
        redaction=None,
    )
    first, *facts = facts_of(read(CALLS / f"{name}.toml"))
    assert isinstance(first, CallStarted)
    call = Call(own, first, tmp_path / "call.jsonl")
    for fact in facts:
        call.feed(fact)
    call.close()
    journal = read_journal(tmp_path / "call.jsonl")
    other, listening, again = shipped()
    changed = msgspec.structs.replace(own, book=other, meaning=None)
    full = list(run_through(Player(JournalSource(journal, listening), changed, None)))
    assert again._judged_alike(journal)
    assert first_difference(results_of(full), results_of(again.run(journal))) is None
    assert results_of(full) != list(journal.results())


@pytest.mark.meaning
def test_what_an_unmasked_call_shows_is_masked_without_looking_at_drafts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "I will cancel everything and my number is 0 7 7 0 0 9 0 0 1 2 3"
    facts = [*spoken(customer(1.0, text), "C1"), CallEnded(at=30.0, reason="end")]
    journal = kept(tmp_path / "call.jsonl", facts)
    whole = outcome_of(list(masked_events(journal.events)))
    assert whole.cards
    assert "0 7 7 0" in str(outcome_of(journal.events))
    assert "0 7 7 0" not in str(whole)
    monkeypatch.delattr(Finder, "draft")
    assert masked_outcome(journal, journal.events) == whole
    assert masked_outcome(journal, journal.events, masked_lines(journal)) == whole


@pytest.mark.meaning
def test_nothing_is_masked_where_no_card_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "let me speak to your manager my number is 0 7 7 0 0 9 0 0 1 2 3"
    facts = [*spoken(customer(1.0, text), "C1"), CallEnded(at=30.0, reason="end")]
    kept(tmp_path / "call.jsonl", facts)
    less = named(QUIET, LEAVES)
    differs = compared(tmp_path / "call.jsonl", BOOKS[0], less)
    assert "esc.boss" in {moment.rule for moment in differs.moments}
    assert "0 7 7 0" not in str(differs)
    monkeypatch.delattr(Finder, "final")
    alike = compared(tmp_path / "call.jsonl", BOOKS[0], named(BOSS, QUIET))
    assert alike.moments == ()
    with pytest.raises(AttributeError):
        compared(tmp_path / "call.jsonl", BOOKS[0], less)


@pytest.mark.meaning
def test_figures_of_another_encoder_are_not_taken(tmp_path: Path) -> None:
    facts = [*spoken(customer(1.0, "I will cancel everything"), "C1"), CallEnded(at=9, reason="e")]
    journal = kept(tmp_path / "call.jsonl", facts)
    header = msgspec.structs.replace(journal.header, encoder="another")
    assert ready(1)._judged_alike(journal)
    assert not ready(1)._judged_alike(msgspec.structs.replace(journal, header=header))
    assert not ready(2)._judged_alike(journal)
    assert not ready(3)._judged_alike(journal)


@pytest.mark.meaning
def test_what_is_recorded_is_taken_only_where_a_run_would_give_it(tmp_path: Path) -> None:
    facts: list[Fact] = [*spoken(customer(1.0, "your manager"), "C1")]
    whole = kept(tmp_path / "call.jsonl", [*facts, CallEnded(at=9.0, reason="end")])
    changed = RulesChanged(at=0.0, rules=BOOKS[0].fingerprint, before=BOOKS[1].fingerprint)
    header = whole.header
    others = [
        msgspec.structs.replace(whole, header=msgspec.structs.replace(header, **other))
        for other in ({"engine": ""}, {"engine": "x"}, {"encoder": "x"}, {"rules": "x"})
    ]
    others += [
        msgspec.structs.replace(whole, events=events)
        for events in (
            (),
            whole.events[1:],
            tuple(e for e in whole.events if not isinstance(e, CallEnded)),
            (whole.events[0], changed, *whole.events[1:]),
        )
    ]
    assert ready(0).is_as_recorded(whole)
    assert not any(ready(0).is_as_recorded(one) for one in others)
    assert not ready(1).is_as_recorded(whole)


def test_the_engine_s_name_changes_with_its_code_and_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_digest, "TOP", tmp_path)
    names = []
    for name in ("coach/engine/a/b.py", "coach/engine/a/data.bin", "coach/events/facts.py",
                 "rules/definition/rule.py", "rules/packs/en/a.toml",
                 "coach/engine/a/b.md"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1")
        names.append(engine_digest.engine_digest.__wrapped__())
    assert len(set(names)) == 4
    assert names[3] == names[4] == names[5], "rules have a fingerprint of their own"
    root = Path(__file__).parents[2]
    assert all(any(root.glob(place)) for place in engine_digest.CODE), "a part of it is gone"


@pytest.mark.parametrize(
    ("action", "boss_is_first", "fates"),
    [
        # the key was pressed for the boss's card: it counts for that card, whichever it is now
        (Action.USED, True, {"esc.boss": "used"}),
        (Action.DISMISS, True, {"esc.boss": "dismissed"}),
        (Action.USED, False, {"esc.bill": "used", "esc.boss": "expired"}),
    ],
)
def test_a_key_is_for_the_card_that_was_seen(
    action: Action, boss_is_first: bool, fates: dict[str, str], tmp_path: Path
) -> None:
    bill = rule("esc.bill", "bill", card=card())
    old = named(bill, BOSS)
    new = named(BOSS) if boss_is_first else named(BOSS, bill)
    says = [(1.0, "the bill"), (30.0, "your manager please")]
    facts: list[Fact] = [f for at, text in says for f in spoken(customer(at, text), f"C{at:g}")]
    path = tmp_path / "call.jsonl"
    call = Call(Setup(book=old, settings=EngineSettings(), redaction=None), FIRST, path)
    pressed_for, pressed_at = ("P2", 35.0) if boss_is_first else ("P1", 6.0)
    facts.append(msgspec.structs.replace(key(pressed_at, action), card=pressed_for))
    for fact in [*sorted(facts, key=lambda f: f.at), CallEnded(at=80.0, reason="end")]:
        call.feed(fact)
    call.close()
    events = ReadyRules(new).run(read_journal(path))
    cleared = {e.rule: e.reason.value for e in events if type(e).__name__ == "CardCleared"}
    assert cleared == fates


@pytest.mark.meaning
def test_a_key_for_a_card_that_is_not_there_is_not_pressed(tmp_path: Path) -> None:
    facts: list[Fact] = list(spoken(customer(1.0, "your manager please"), "C1"))
    pressed = msgspec.structs.replace(key(6.0, Action.MARK_WRONG), card="P1")
    journal = kept(tmp_path / "call.jsonl", [*facts, pressed, CallEnded(at=9.0, reason="end")])
    assert outcome_of(journal.events).rules["esc.boss"].wrong == 1
    bill = rule("esc.bill", "manager", card=card())
    other = outcome_of(ReadyRules(named(bill)).run(journal))
    assert other.rules["esc.bill"].wrong == 0
    assert [one.rule for one in other.cards] == ["esc.bill"]


@pytest.mark.parametrize(
    "action", [Action.SNOOZE, Action.USED, Action.MUTE_RULE, Action.MARK_WRONG]
)
def test_a_key_that_came_too_late_for_its_card_does_what_it_did(
    action: Action, tmp_path: Path
) -> None:
    quick = rule("esc.boss", "manager", card=card(hold=5.0))
    says = [(1.0, "your manager please"), (20.0, "the manager please"), (30.0, "the manager now")]
    facts: list[Fact] = [f for at, text in says for f in spoken(customer(at, text), f"C{at:g}")]
    late = msgspec.structs.replace(key(12.0, action), card="P1")
    path = tmp_path / "call.jsonl"
    call = Call(Setup(book=named(quick), settings=EngineSettings(), redaction=None), FIRST, path)
    for fact in [*sorted([*facts, late], key=lambda f: f.at), CallEnded(at=80.0, reason="end")]:
        call.feed(fact)
    call.close()
    journal = read_journal(path)
    again = ReadyRules(named(quick)).run_anew(journal)
    assert outcome_of(again) == outcome_of(journal.events)
    one_card = action in {Action.SNOOZE, Action.MUTE_RULE}
    assert len(outcome_of(again).cards) == (1 if one_card else 3)
    assert outcome_of(again).rules["esc.boss"].wrong == (action is Action.MARK_WRONG)


# --- two sets ---------------------------------------------------------------------------------


def compared(path: Path, old: RuleBook | None, new: RuleBook, **more: float) -> ComparedCall:
    found = Comparison(ComparisonAsked(old=old, new=new, **more)).compare(path)  # type: ignore[arg-type]
    assert isinstance(found, ComparedCall)
    return found


@pytest.mark.meaning
@pytest.mark.parametrize("old", [None, BOOKS[0]])
def test_gained_lost_earlier_and_the_lines_that_caused_them(
    old: RuleBook | None, tmp_path: Path
) -> None:
    says: list[Say] = [agent(1.0, "good morning"), customer(20.0, "your manager please")]
    facts: list[Fact] = [f for n, say in enumerate(says) for f in spoken(say, f"U{n}")]
    path = tmp_path / "call.jsonl"
    kept(path, [*sorted(facts, key=lambda f: f.at), CallEnded(at=26.0, reason="end")])
    bill = rule("esc.bill", said("manager"), card=card())
    quiet = msgspec.structs.replace(QUIET, when=Silence(longer_than=4))
    found = compared(path, old, named(quiet, bill))
    line = ("customer 00:20.0: your manager please",)
    earlier, *rest = found.moments
    assert (earlier.change, earlier.rule) == (CardChange.EARLIER, "agent.quiet")
    assert [(m.change, m.rule, m.lines, m.without) for m in rest] == [
        (CardChange.GAINED, "esc.bill", line, "the rule does not match"),
        (CardChange.LOST, "esc.boss", line, "the rule does not match"),
    ]
    assert "seconds of silence" in earlier.lines[0]
    assert compared(path, old, named(quiet, bill), tolerance=10.0).moments == tuple(rest)
    assert (found.seconds, found.new.rules["esc.bill"].shown) == (26.0, 1)


@pytest.mark.meaning
@relaxed
@given(facts=calls())
def test_the_other_way_round_what_was_gained_is_lost(
    tmp_path_factory: pytest.TempPathFactory, facts: list[Fact]
) -> None:
    path = tmp_path_factory.mktemp("call") / "call.jsonl"
    kept(path, facts[1:])
    turned = {
        CardChange.GAINED: CardChange.LOST,
        CardChange.LOST: CardChange.GAINED,
        CardChange.EARLIER: CardChange.LATER,
        CardChange.LATER: CardChange.EARLIER,
    }
    there, back = (compared(path, BOOKS[a], BOOKS[b]).moments for a, b in ((0, 2), (2, 0)))
    assert sorted((m.rule, turned[m.change], m.new, m.old) for m in there) == sorted(
        (m.rule, m.change, m.old, m.new) for m in back
    )
    assert compared(path, BOOKS[1], BOOKS[1]).moments == ()
    assert compared(path, None, BOOKS[0]).moments == ()


@pytest.mark.meaning
def test_marks_judge_both_sets(tmp_path: Path) -> None:
    facts: list[Fact] = list(spoken(customer(1.0, "your manager please"), "C1"))
    journal = kept(tmp_path / "call.jsonl", [*facts, CallEnded(at=30.0, reason="end")])
    (shown,) = [e for e in journal.events if isinstance(e, CardRaised)]
    for number, (verdict, name) in enumerate(
        [(Verdict.WRONG, "esc.boss"), (Verdict.MISSED, "esc.bill")]
    ):
        mark = Mark(
            mark=f"M{number}", verdict=verdict, at=shown.at, reviewer="R", made="", rule=name
        )
        add_mark(tmp_path / "call.marks.ndjson", mark)
    bill = rule("esc.bill", "manager", card=card())
    found = compared(tmp_path / "call.jsonl", BOOKS[0], named(bill))
    old, new = found.old.judged, found.new.judged
    assert (old["esc.boss"].false, old["esc.bill"].missed) == (1, 1)
    assert (new["esc.boss"].quiet, new["esc.bill"].right) == (1, 1)
    assert found.marks == 2


# --- many calls -------------------------------------------------------------------------------


def several(folder: Path, count: int) -> list[Path]:
    """Calls of growing length, each with one more sentence."""
    folder.mkdir(exist_ok=True)
    texts = ("the bill", "your manager please", "I will cancel everything", "thank you")
    paths = []
    for number in range(count):
        facts: list[Fact] = []
        for turn in range(number + 1):
            say = customer(1.0 + 12 * turn, texts[(number + turn) % len(texts)])
            facts += spoken(say, f"C{turn}")
        path = folder / f"call-{number:02d}.jsonl"
        kept(path, [*facts, CallEnded(at=20.0 + 12 * number, reason="end")])
        paths.append(path)
    return paths


def report(calls: Iterable[ComparedCall | LeftOut]) -> bytes:
    figures = ComparisonFigures()
    for call in calls:
        figures.add(call)
    return msgspec.json.encode(report_of(figures, ("old", "new")))


@pytest.mark.meaning
@pytest.mark.slow
def test_any_number_of_processes_gives_the_same_report(tmp_path: Path) -> None:
    paths = several(tmp_path / "calls", FEW + 3)
    (tmp_path / "calls" / "bad.jsonl").write_text("{}\n")
    paths.insert(2, tmp_path / "calls" / "bad.jsonl")
    asked = ComparisonAsked(old=BOOKS[0], new=BOOKS[2])
    one, two = (report(compare_all(paths, asked, jobs)) for jobs in (1, 2))
    assert one == two
    assert msgspec.json.decode(one)["unreadable"] == 1
    assert msgspec.json.decode(one)["lost"] > 0


@pytest.mark.meaning
def test_a_stop_is_heeded_between_two_calls(tmp_path: Path) -> None:
    paths = several(tmp_path / "calls", 1) * 3
    said = iter([False, False, False, False])  # before the first call, and before the second
    compared = compare_all(
        paths, ComparisonAsked(old=None, new=BOOKS[0]), 1, lambda: next(said, True)
    )
    assert len(list(compared)) == 2


class OneBack:
    """A pool of which the first block comes back, and no other one may be waited for."""

    ahead = 4

    def __init__(self) -> None:
        self.given: list[Sequence[Path]] = []
        self.came = self.closed = False

    def submit(self, number: int, block: Sequence[Path]) -> None:
        assert number == len(self.given)
        self.given.append(block)

    def next(self) -> tuple[int, list[Compared]]:
        assert not self.came
        self.came = True
        return 0, [LeftOut(call=path.stem) for path in self.given[0]]

    def close(self) -> None:
        self.closed = True


def test_a_stop_waits_for_nothing_in_hand() -> None:
    paths = [Path(f"call-{number}.jsonl") for number in range(8 * BLOCK)]
    pool = OneBack()
    compared = compare_all(
        paths, ComparisonAsked(old=None, new=BOOKS[0]), 2, lambda: pool.came, lambda *_: pool
    )
    assert len(list(compared)) == BLOCK
    assert len(pool.given) == pool.ahead
    assert pool.closed


def test_processes_of_a_backtest_give_up_at_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[object, ...]] = []

    def processes(*how: object) -> OneBack:
        made.append(how)
        return OneBack()

    monkeypatch.setattr(running, "Processes", processes)
    paths = [Path(f"call-{number}.jsonl") for number in range(FEW + 1)]
    assert not list(compare_all(paths, ComparisonAsked(old=None, new=BOOKS[0]), 2, stopped))
    assert [how[-1] for how in made] == [stopped]


def stopped() -> bool:
    return True


@pytest.mark.meaning
def test_counts_are_complete_where_moments_are_not_kept(tmp_path: Path) -> None:
    (path,) = several(tmp_path / "calls", 1)
    call = compared(path, BOOKS[0], named(rule("esc.bill", "bill", card=card())))
    figures = ComparisonFigures()
    for _ in range(MOST_MOMENTS + 5):
        figures.add(call)
    found = report_of(figures, ("old", "new"))
    assert (found.gained, len(found.moments)) == (MOST_MOMENTS + 5, MOST_MOMENTS)


# --- the command ------------------------------------------------------------------------------

PACK = small_pack("manager")
OVERLAY = """by = "lead"
reason = "ours"
[[change]]
rule = "esc.example"
append.when.phrase = ["bill"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two calls, a pack and an overlay."""
    monkeypatch.chdir(tmp_path)
    several(tmp_path / "calls", 2)
    Path("pack.toml").write_text(PACK)
    Path("new.toml").write_text(OVERLAY)
    Path("text.txt").write_text("hello\n")
    Path("none").mkdir()
    return tmp_path


NEW = ["--rules", "pack.toml", "--overlay", "new.toml"]


@pytest.mark.meaning
def test_the_report_as_text_and_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["backtest", "calls", *NEW, "--html", "page.html"]
    assert main(words) == Exit.OK
    shown = capsys.readouterr().out
    assert shown.startswith("old: shipped packs (en); ")
    assert "new: pack.toml + new.toml; 1 of 1 rules run" in shown
    assert "2 calls, 0.01 hours" in shown
    assert "gained esc.example, call-00 at 00:0" in shown
    assert "    customer 00:01.0: the bill" in shown
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "customer 00:01.0: the bill" in page
    assert "default-src 'none'" in page
    assert "<code>coach review call-00@0:0" in page
    assert page.count("<table>") == page.count(
        "<div class='wide' tabindex='0' role='group'><table>"
    )
    assert "://" not in page
    assert "<script" not in page
    assert not list(folder.glob(".*.part"))


@pytest.mark.meaning
def test_json_is_the_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["backtest", str(folder / "calls" / "call-01.jsonl"), *NEW, "--json", "--jobs", "1"]
    assert main([*words, "--against", "as-recorded", "--gate", "no any lost"]) == Exit.FAILED
    found = json.loads(capsys.readouterr().out)
    assert (found["calls"], found["old"]) == (1, "as recorded with each call")
    assert [row["rule"] for row in found["rules"] if row["gained"]] == ["esc.example"]
    assert [row["rule"] for row in found["rules"] if row["lost"]]
    assert found["gates"][0]["holds"] is False


@pytest.mark.meaning
@pytest.mark.parametrize(
    ("more", "code", "line"),
    [
        (["--gate", "esc.example gained <= 9"], Exit.OK, "gate holds: esc.example gained <= 9 ("),
        (["--gate", "no esc.example gained"], Exit.FAILED, "gate FAILS: no esc.example gained ("),
        (["--against", "packs"], Exit.OK, "old: shipped packs (en); "),
        (["--against", "mine.toml"], Exit.OK, "old: shipped packs (en) + mine.toml; "),
    ],
)
@pytest.mark.usefixtures("folder")
def test_gates_and_old_rules(
    more: list[str], code: Exit, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.toml").write_text(
        'by = "lead"\n[[disable]]\nrule = "conduct.mocking"\nreason = "no jokes"\n'
    )
    assert main(["backtest", "calls", *NEW, *more]) == code
    assert any(shown.startswith(line) for shown in capsys.readouterr().out.splitlines())


@pytest.mark.meaning
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["absent"], "There is no call 'absent' in the library, and no such journal. `coach"),
        (["text.txt"], "text.txt is no journal of a call. Transcripts and recordings come in"),
        (["none"], "The folder none holds no journal. Transcripts"),
        ([], "There is no call in the library. Name journals"),
        (["calls", "--jobs", "0"], "--jobs must be from 1 to 1024."),
        (["calls", "--tolerance", "99"], "--tolerance must be from 0 to 30 seconds."),
        (["calls", "--moments", "-1"], "--moments must be from 0 to 1000000."),
        (["calls", "--gate", "nonsense"], "--gate 'nonsense' is no gate. Write one like"),
        (["calls", *NEW, "--gate", "no esc.exmple lost"],
         "--gate 'no esc.exmple lost' names no rule of either set; did you mean 'esc.example'?"),
        (["calls", "--gate", "no esc.supervisr lost"],
         "--gate 'no esc.supervisr lost' names no rule of either set; did you mean"),
        (["calls", "--gate", "no safty lost"],
         "--gate 'no safty lost' names no rule of either set; did you mean 'safety'? Name a"),
        (["calls", "--newest", "0"], "--newest must be from 1 to 1000000."),
        (["calls", "--sample", "-1"], "--sample must be from 1 to 1000000."),
        (["bad.jsonl"], "left out: "),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_done_is_said(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.jsonl").write_text('{"type":"JournalHeader"}\n')
    assert main(["backtest", *words]) == Exit.INPUT
    err = capsys.readouterr().err
    assert f"coach: {text}" in err
    assert "Traceback" not in err


@pytest.mark.meaning
@pytest.mark.usefixtures("folder")
def test_of_many_calls_some_are_drawn_unless_a_gate_asks_for_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(backtest_command, "USUAL_SAMPLE", 1)

    def told(*more: str) -> str:
        assert main(["backtest", "calls", *NEW, *more]) in (Exit.OK, Exit.FAILED)
        return capsys.readouterr().out

    for words in (told(), told("--sample", "1", "--seed", "3")):
        seed = "3" if "seed 3" in words else "1"
        assert f"1 of 2 calls, drawn by lot (seed {seed}); --all takes all" in words
        assert "of all calls, in " in words
        assert "% (95 of 100 such draws)" in words
    assert "the newest 1 of 2 calls; --all takes all" in told("--newest", "1")
    for more in (["--all"], ["--gate", "no any lost"], ["--sample", "2"]):
        words = told(*more)
        assert "drawn by lot" not in words
        assert "\n2 calls, " in words
    assert "old cards as recorded in 0 calls, by a run in 2" in told("--all")
    report = json.loads(told("--json"))
    assert (report["choice"], report["calls"]) == ("1 of 2 calls, drawn by lot (seed 1)", 1)
    assert set(report["differing"]) == {"value", "low", "high"}
    assert json.loads(told("--json", "--all"))["differing"] is None


@pytest.mark.meaning
@pytest.mark.usefixtures("folder")
def test_that_both_sets_are_one_is_said_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "calls", "--no-overlay"]) == Exit.OK
    assert (
        "coach: old and new rules are the same set (--against packs or" in capsys.readouterr().err
    )
    assert main(["backtest", "calls", *NEW]) == Exit.OK
    assert "the same set" not in capsys.readouterr().err


@pytest.mark.meaning
def test_a_page_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["backtest", "calls", *NEW, "--html", str(folder / "absent" / "page.html")]
    assert main(words) == Exit.STORAGE
    assert "is no folder. Name a folder that is there" in capsys.readouterr().err


@pytest.mark.meaning
def test_the_library_s_live_and_imported_calls_are_the_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = folder / "data"
    monkeypatch.setenv("COACH_DATA_HOME", str(data))
    for kind in CallKind:
        keep_call(data / "calls", kind.value, about=About(kind=kind))
    assert main(["backtest", *NEW]) == Exit.OK
    shown = capsys.readouterr().out
    assert "2 calls, " in shown
    assert "2 calls of other kinds passed over" in shown
    assert main(["backtest", "--newest", "2", *NEW]) == Exit.OK
    shown = capsys.readouterr().out  # the newest two by name are a rehearsal and a live call
    assert "2 calls, " in shown
    assert "other kinds" not in shown
    assert main(["backtest", "demo", *NEW]) == Exit.OK
    assert "1 call, " in capsys.readouterr().out
    for kind in (CallKind.LIVE, CallKind.IMPORT):
        (data / "calls" / f"{kind.value}.jsonl").unlink()
    assert main(["backtest", *NEW]) == Exit.INPUT
    assert "None of these calls could be compared." in capsys.readouterr().err
