"""Who is the agent, from opening lines and whole openings."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from coach.calls.likely_agent import RoleSign, Said, evidence, guess_from, signs_in
from coach.events import Channel, Word


def _opening_lines() -> ModuleType:
    path = Path(__file__).with_name("opening_lines.py")
    spec = importlib.util.spec_from_file_location("opening_lines", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LINES = _opening_lines()


def heard(text: str, speaker: str = "left", at: float = 0.0) -> list[RoleSign]:
    return signs_in(Said(speaker=speaker, start=at, end=at + 4.0, text=text))


def role_of(text: str) -> Channel | None:
    """Whose line it is, where somebody who says nothing is the other one."""
    points: Counter[str] = Counter()
    heaviest: dict[tuple[str, str], float] = {}
    for sign in heard(text):
        key = (sign.role, sign.kind)
        heaviest[key] = max(heaviest.get(key, 0.0), sign.weight)
    for (role, _), weight in heaviest.items():
        points[role] += weight  # type: ignore[assignment]
    ahead = points[Channel.AGENT] - points[Channel.CUSTOMER]
    return None if ahead == 0 else Channel.AGENT if ahead > 0 else Channel.CUSTOMER


@pytest.mark.parametrize("role", [Channel.AGENT, Channel.CUSTOMER])
@pytest.mark.parametrize("half", ["seen", "kept"])
def test_opening_lines_tell_the_role_and_never_the_other_one(role: Channel, half: str) -> None:
    lines = LINES.AGENT if role is Channel.AGENT else LINES.CUSTOMER
    lines = lines[: len(lines) // 2] if half == "seen" else lines[len(lines) // 2 :]
    found = [role_of(line) for line in lines]
    wrong = [line for line, one in zip(lines, found, strict=True) if one is role.other]
    assert not wrong
    # Of the lines that no phrase was written after 16 and 17 in 20 tell; others say nothing.
    assert found.count(role) >= (len(lines) if half == "seen" else 0.8 * len(lines))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "uh huh",
        "yes that's right",
        "Your call is important to us, please hold.",
        "Press one for billing. This call may be recorded for training.",
        "I have no idea.",
    ],
)
def test_what_anybody_or_a_machine_says_tells_nothing(text: str) -> None:
    assert heard(text) == []


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("I'm calling about my order", Channel.CUSTOMER),
        ("I'm calling about your order", Channel.AGENT),
        ("Can I speak to a supervisor?", Channel.CUSTOMER),
        ("Can I speak to Mr. Alvarez?", Channel.AGENT),
        ("I need to transfer some money, I want to change my password", Channel.CUSTOMER),
        ("Thanks for calling me back", None),
        ("Thanks for calling Alto", Channel.AGENT),
    ],
)
def test_a_word_turns_the_meaning(text: str, role: Channel | None) -> None:
    assert role_of(text) is role


def test_the_evidence_is_quoted_as_heard_with_its_time() -> None:
    text = "Hello, this is Ana. How may I help you?"
    words = tuple(
        Word(text=one, start=1.0 + i, end=1.5 + i, confidence=1.0)
        for i, one in enumerate(text.split())
    )
    said = Said(speaker="right", start=1.0, end=11.0, text=text, words=words)
    guess = guess_from(signs_in(said), ("left", "right"))
    assert guess is not None
    assert guess.speaker == "right"
    assert "it says “How may I help you” at 0:05" in evidence(guess)


@pytest.mark.parametrize(
    "text", ["Good morning, my name is Ada Quill from the bank", "this is Ada Quill from the bank"]
)
def test_names_in_the_evidence_are_masked(text: str) -> None:
    signs = signs_in(Said(speaker="left", start=0.0, end=5.0, text=text))
    assert any("[name]" in sign.words for sign in signs)
    assert all("Quill" not in sign.words for sign in signs)


def test_the_customers_words_are_evidence_for_the_other_side() -> None:
    guess = guess_from(heard("I'm calling about my bill", "left"), ("left", "right"))
    assert guess is not None
    assert guess.speaker == "right"
    assert "the other side says “I'm calling about” at 0:00" in evidence(guess)


def test_saying_one_thing_often_counts_once() -> None:
    once = heard("one moment")
    assert guess_from(once * 9, ("left", "right")) is None


def test_two_agents_leave_it_open() -> None:
    signs = [*heard("How can I help you?", "left"), *heard("How may I help?", "right")]
    assert guess_from(signs, ("left", "right")) is None
