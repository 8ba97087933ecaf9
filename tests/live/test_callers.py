"""Who calls belongs to the call, and may be said or changed while it goes on."""

from __future__ import annotations

from pathlib import Path

from coach.calls.call import Setup
from coach.calls.journal import read_journal
from coach.engine.engine import EngineSettings
from coach.events import Action, AgentAction, CallEnded, CallStarted
from coach.live.current_call import CurrentCall
from rules.definition.rule import RuleBook


def first(call: str, caller: str = "") -> CallStarted:
    return CallStarted(
        at=0.0, call=call, started="2026-01-05T09:00:00+00:00", source="live", caller=caller
    )


def test_a_caller_is_the_calls_and_can_be_changed(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    def earlier(caller: str, call: str) -> tuple[str, ...]:
        asked.append((caller, call))
        return (f"earlier calls of {caller}",) if caller else ()

    setup = Setup(book=RuleBook(language="en", rules=(), fingerprint=""), settings=EngineSettings())
    current = CurrentCall(setup, lambda call: tmp_path / f"{call}.jsonl", earlier)
    current.begin(0.0, first("one", "K1"))
    before = current.snapshot(1.0)
    current.take(AgentAction(at=2.0, action=Action.CALLER, note="K2"), 2.0)
    after = current.snapshot(3.0)
    current.take(CallEnded(at=4.0, reason="end"), 4.0)
    current.begin(5.0, first("two"))
    following = current.snapshot(6.0)
    current.close(7.0)
    assert (before.caller, before.notices) == ("K1", ("earlier calls of K1",))
    assert (after.caller, after.notices) == ("K2", ("earlier calls of K2",))
    assert (following.caller, following.notices) == ("", ())
    assert asked == [("K1", "one"), ("K2", "one"), ("", "two")]
    kept = (tmp_path / "one.jsonl").read_text()
    assert '"note":"K2"' in kept
    assert "earlier calls of" not in kept, "what it quotes may have to be forgotten one day"
    assert read_journal(tmp_path / "two.jsonl").events


def test_the_rules_that_change_know_of_the_caller_too(tmp_path: Path) -> None:
    setup = Setup(book=RuleBook(language="en", rules=(), fingerprint=""), settings=EngineSettings())
    current = CurrentCall(setup, lambda call: tmp_path / f"{call}.jsonl", lambda who, _: (who,))
    current.begin(0.0, first("one", "K1"))
    current.change_rules(setup, 1.0)
    current.take(AgentAction(at=2.0, action=Action.CALLER, note="K2"), 2.0)
    current.take(CallEnded(at=4.0, reason="end"), 4.0)
    current.begin(5.0, first("two", "K3"))
    assert (current.snapshot(6.0).caller, current.snapshot(6.0).notices) == ("K3", ("K3",))
    current.close(7.0)
