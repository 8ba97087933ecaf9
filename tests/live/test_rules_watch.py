"""Rules saved while calls run: taken whole or not at all, and what is wrong with them is said."""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # scripted_session.py stands beside the tests

import msgspec
import pytest
from rulekit import book, card, rule
from scripted_session import Session

from coach.calls.call import Setup
from coach.calls.journal import read_journal
from coach.calls.kept_rules import rules_of_call
from coach.engine.engine import EngineSettings
from coach.errors import RulesError
from coach.events import (
    Action,
    Channel,
    CueMatched,
    Degraded,
    Recovered,
    RulesChanged,
)
from coach.live.rules_watch import RulesWatch, watching
from coach.replay.player import first_difference, replay_results
from coach.startup import config
from coach.startup.rules_in_force import absent_set_aside
from coach.startup.setup import make_setup
from rules.books.loader import fingerprint
from rules.definition.rule import Rule

CUSTOMER = Channel.CUSTOMER
Watched = Setup | Degraded | Recovered


def setup(*rules: Rule, name: str = "") -> Setup:
    named = msgspec.structs.replace(book(*rules), fingerprint=fingerprint(rules))
    return Setup(book=named, settings=EngineSettings(), rules=name)


class Files:
    """A file of rules, its bytes being the fingerprint of the set, ``bad`` for a mistake."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "floor.toml"
        self.meanwhile: Callable[[], None] = lambda: None
        self._time = 1_000_000
        self.write("one")

    def write(self, text: str) -> None:
        self.path.write_text(text)
        self._time += 1
        os.utime(self.path, (self._time, self._time))

    def read(self) -> Setup:
        text = self.path.read_text()
        self.meanwhile()
        if text == "bad":
            raise RulesError(
                "2 mistakes in the rules:\n  floor.toml:3: first\n  floor.toml:9: more"
            )
        made = setup(rule("esc.boss", "manager"))
        return msgspec.structs.replace(
            made, book=msgspec.structs.replace(made.book, fingerprint=text)
        )

    def watch(self) -> RulesWatch:
        return RulesWatch(lambda: [self.path], self.read, "one")


def told(found: Sequence[Watched]) -> list[str]:
    return [one.book.fingerprint if isinstance(one, Setup) else type(one).__name__ for one in found]


def looks(watch: RulesWatch, number: int = 3) -> list[str]:
    return [word for _ in range(number) for word in told(watch.look())]


def test_a_saved_file_is_taken_once_it_stands_still(tmp_path: Path) -> None:
    files = Files(tmp_path)
    watch = files.watch()
    assert looks(watch) == []
    files.write("tw")
    assert told(watch.look()) == []
    files.write("two")
    assert told(watch.look()) == []
    assert told(watch.look()) == ["two"]
    assert looks(watch) == []


def test_a_file_that_is_only_touched_is_not_read(tmp_path: Path) -> None:
    files = Files(tmp_path)
    watch = files.watch()
    files.write("one")
    files.meanwhile = lambda: pytest.fail("it was read")
    assert looks(watch) == []


def test_a_file_that_is_written_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    files = Files(tmp_path)
    watch = files.watch()
    files.write("two")

    def write_once() -> None:
        files.meanwhile = lambda: None
        files.write("three")

    files.meanwhile = write_once
    assert looks(watch, 5) == ["three"]


def test_a_bad_file_keeps_the_last_good_rules_and_is_told_once(tmp_path: Path) -> None:
    files = Files(tmp_path)
    watch = files.watch()
    files.write("bad")
    assert told(watch.look()) == []
    (trouble,) = watch.look()
    assert isinstance(trouble, Degraded)
    assert trouble.component == "rules"
    assert trouble.detail == (
        "floor.toml:3: first (and 1 more). The rules from before stay in force."
    )
    assert looks(watch) == []
    files.write("one")
    assert looks(watch) == ["Recovered"]
    files.write("bad")
    assert looks(watch) == ["Degraded"]
    files.write("two")
    assert looks(watch) == ["two", "Recovered"]


def test_a_mistake_that_ends_in_a_question_is_told_with_one_mark(tmp_path: Path) -> None:
    def read() -> Setup:
        raise RulesError("1 mistake:\n  floor.toml:5: unknown key; did you mean 'silence'?")

    files = Files(tmp_path)
    watch = RulesWatch(lambda: [files.path], read, "one")
    files.write("two")
    watch.look()
    (trouble,) = watch.look()
    assert isinstance(trouble, Degraded)
    assert trouble.detail.endswith("mean 'silence'? The rules from before stay in force.")


def test_a_file_that_goes_and_comes_is_followed(tmp_path: Path) -> None:
    files = Files(tmp_path)
    watch = files.watch()
    files.path.unlink()

    def gone() -> Setup:
        raise RulesError("floor.toml: cannot be read")

    watch._read = gone
    assert looks(watch) == ["Degraded"]
    watch._read = files.read
    files.write("two")
    assert looks(watch) == ["two", "Recovered"]


OVERLAY = 'by = "lead"\nreason = "r"\n[[change]]\nrule = "esc.boss"\n'
PACK = """
[[rule]]
id = "esc.boss"
title = "Boss"
severity = 2
when.phrase = ["manager"]
"""


def test_a_call_begins_without_an_overlay_that_is_not_there_and_takes_it_when_it_comes() -> None:
    home = Path(os.environ["COACH_CONFIG_HOME"])
    home.mkdir(parents=True)
    pack, floor = home / "pack.toml", home / "floor.toml"
    (home / "settings.toml").write_text(
        '[rules]\npacks = ["pack.toml"]\noverlay = ["floor.toml", "gone.toml"]\n'
    )
    pack.write_text(PACK)
    floor.write_text(OVERLAY + "set.severity = 3\n")
    settings = config.load()
    there, absent = absent_set_aside(argparse.Namespace(overlay=None), settings)
    setup_ = make_setup(there)
    assert setup_.book.rule("esc.boss").severity == 3
    watch = watching(settings, setup_, absent)
    gone = home / "gone.toml"
    gone.write_text(OVERLAY + "set.severity = 1\n")  # it comes before the first look
    (trouble,) = watch.look()
    assert isinstance(trouble, Degraded)
    assert trouble.detail == (
        f"{gone}: named in the settings and not there. The changes in it do not hold until it is."
    )
    new, well = [one for _ in range(3) for one in watch.look()]
    assert isinstance(new, Setup)
    assert new.book.rule("esc.boss").severity == 1
    assert isinstance(well, Recovered)
    gone.unlink()
    assert looks(watch) == ["Degraded"]


def test_every_file_of_the_settings_is_watched() -> None:
    home = Path(os.environ["COACH_CONFIG_HOME"])
    (home / "packs").mkdir(parents=True)
    (home / "settings.toml").write_text('[rules]\npacks = ["packs"]\noverlay = "floor.toml"\n')
    pack, floor, own = home / "packs" / "a.toml", home / "floor.toml", home / "preferences.toml"
    pack.write_text(PACK)
    floor.write_text(OVERLAY + "set.severity = 3\n")
    settings = config.load()
    watch = watching(settings, make_setup(settings))

    def taken() -> Rule:
        found = [one for _ in range(3) for one in watch.look()]
        (new,) = [one for one in found if isinstance(one, Setup)]
        assert new.matcher is not None
        assert new.matcher.book is new.book
        return new.book.rule("esc.boss")

    floor.write_text(OVERLAY + "set.severity = 1\n# lower\n")
    assert taken().severity == 1
    own.write_text('[[change]]\nrule = "esc.boss"\nset.timing.cooldown = 7\n')
    assert taken().timing.cooldown == 7
    pack.write_text(PACK.replace("Boss", "Wants the boss"))
    assert taken().title == "Wants the boss"
    own.unlink()
    assert taken().timing.cooldown == 45
    floor.write_text(OVERLAY + "set.severity = 9\n")
    found = [one for _ in range(3) for one in watch.look()]
    assert [type(one).__name__ for one in found] == ["Degraded"]
    assert "floor.toml:5: rule esc.boss: severity" in str(found[0])


# --- in a session -----------------------------------------------------------------------------


class Watching:
    """A session whose watch gives what the test puts in."""

    def __init__(self, session: Session, first: Setup) -> None:
        self._found: deque[tuple[Watched, ...]] = deque()
        session.parts = msgspec.structs.replace(
            session.parts, setup=first, watch=self._look, watch_every=0.01
        )

    def _look(self) -> tuple[Watched, ...]:
        return self._found.popleft() if self._found else ()

    def find(self, *what: Watched) -> None:
        self._found.append(what)


BOSS = rule("esc.boss", "manager", card=card())
BILL = rule("esc.bill", "parcel", card=card())
TROUBLE = Degraded(at=0.0, component="rules", detail="floor.toml:3: no. They stay in force.")


def test_an_overlay_saved_in_a_call_takes_effect_and_the_journal_replays(tmp_path: Path) -> None:
    session = Session(tmp_path)
    watching_ = Watching(session, setup(BOSS, name="old"))
    with session:
        session.model.texts.extend(["where is my parcel"] * 30)
        session.driver.begin()
        session.until(lambda s: s.started and s.rules == "old")
        session.say(2.0, CUSTOMER)
        session.say(2.0)
        session.until(lambda s: any(line.final for line in s.transcript))
        watching_.find(setup(BOSS, BILL, name="new"))
        told = session.until(lambda s: any("Rules changed" in notice for notice in s.notices))
        assert "Rules changed: esc.bill (new)." in told.notices
        session.say(2.0)
        session.until(lambda s: s.rules == "new")
        session.say(2.0, CUSTOMER)
        session.say(2.0)
        session.until(lambda s: s.card is not None and s.card.rule == "esc.bill")
        session.driver.act(Action.END)
        session.until(lambda s: s.ended)
        session.driver.begin()
        session.until(lambda s: s.started and not s.ended and s.rules == "new")
    assert session.over() is None
    journal = read_journal(tmp_path / "call-1.jsonl")
    (change,) = [f for f in journal.facts() if isinstance(f, RulesChanged)]
    matched = [r for r in journal.results() if isinstance(r, CueMatched) and r.rule == "esc.bill"]
    assert matched
    assert all(r.at > change.at for r in matched)
    own = rules_of_call(journal)
    assert own.first is not None
    again = replay_results(journal, own.first, EngineSettings(), own.others)
    assert first_difference(journal.results(), again) is None
    assert read_journal(tmp_path / "call-2.jsonl").header.rules == change.rules


def test_a_bad_file_is_on_the_screen_and_in_the_journal_until_it_is_well(tmp_path: Path) -> None:
    session = Session(tmp_path)
    watching_ = Watching(session, setup(BOSS, name="old"))
    with session:
        session.driver.begin()
        session.until(lambda s: s.started)
        watching_.find(TROUBLE)
        seen = session.until(lambda s: any(t.component == "rules" for t in s.trouble))
        assert "floor.toml:3" in seen.trouble[0].detail
        assert seen.rules == "old"
        watching_.find(setup(BILL, name="new"), Recovered(at=0.0, component="rules"))
        session.until(lambda s: not s.trouble)
        session.driver.act(Action.END)
        session.until(lambda s: s.ended)
    facts = read_journal(tmp_path / "call-1.jsonl").facts()
    kinds = [type(f).__name__ for f in facts if type(f) in {Degraded, RulesChanged, Recovered}]
    assert kinds == ["Degraded", "RulesChanged", "Recovered"]


def test_between_calls_new_rules_wait_for_the_next_one(tmp_path: Path) -> None:
    session = Session(tmp_path)
    watching_ = Watching(session, setup(BOSS, name="old"))
    with session:
        watching_.find(setup(BILL, name="new"))
        session.until(lambda s: "Rules for the next call: new." in s.notices)
        session.driver.begin()
        session.until(lambda s: s.started and s.rules == "new")
    assert not [
        f for f in read_journal(tmp_path / "call-1.jsonl").facts() if isinstance(f, RulesChanged)
    ]
