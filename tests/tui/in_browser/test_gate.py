"""Who is let in: this machine's browser, to which the link was given, and no page of others."""

from __future__ import annotations

import pytest
from every_row import every_row

from tui.in_browser.gate import BrowserGate, PageRequest

OURS = "127.0.0.1:8000"
OWN_PAGE = f"http://{OURS}"
ADDRESS, OWN, OTHER = "under its own address", "to its own page", "no other page"


@every_row(
    [
        ({"host": OURS}, ""),
        ({"host": "localhost:8000", "origin": "http://localhost:8000"}, ""),
        ({"host": OURS, "origin": OWN_PAGE, "site": "same-origin", "for_screen": True}, ""),
        ({"host": OURS, "site": "none"}, ""),
        # a name of somebody else's that was pointed to this machine
        ({"host": "calls.example:8000"}, ADDRESS),
        ({"host": "127.0.0.1.example:8000"}, ADDRESS),
        ({"host": "127.0.0.1:8001"}, ADDRESS),
        ({"host": "127.0.0.1"}, ADDRESS),
        ({"host": "[::1]:8000"}, ADDRESS),
        ({"host": ""}, ADDRESS),
        ({}, ADDRESS),
        # a page of somebody else's
        ({"host": OURS, "origin": "http://calls.example"}, OWN),
        ({"host": OURS, "origin": "http://127.0.0.1:8001"}, OWN),
        ({"host": OURS, "origin": "http://localhost:8000"}, OWN),
        ({"host": OURS, "origin": f"https://{OURS}"}, OWN),
        ({"host": OURS, "origin": "null"}, OWN),
        ({"host": OURS, "origin": ""}, OWN),
        ({"host": OURS, "for_screen": True}, OWN),
        ({"host": OURS, "site": "cross-site"}, OTHER),
        ({"host": OURS, "site": "same-site"}, OTHER),
        ({"host": OURS, "origin": OWN_PAGE, "site": "same-site", "for_screen": True}, OTHER),
    ]
)
def test_what_a_request_must_say(knock: dict[str, str | bool], refusal: str) -> None:
    said = BrowserGate(8000).refusal(PageRequest(**knock))  # type: ignore[arg-type]
    assert refusal in said
    assert bool(said) == bool(refusal)


def test_a_link_opens_once_and_the_browser_is_known_from_then_on() -> None:
    gate = BrowserGate(8000)
    links = [gate.link()]
    tokens = [links[0].partition("token=")[2]]
    assert links[0].startswith(f"http://127.0.0.1:8000/{gate.room}/?token=")
    session = gate.let_in(tokens[0])
    assert gate.knows(session)
    assert not gate.let_in(tokens[0])
    other = gate.let_in(gate.link().partition("token=")[2])
    assert gate.knows(session)
    assert gate.knows(other)
    assert len({session, other, *tokens, gate.room}) == 4


@pytest.mark.parametrize("guess", ["", None, "ü", "\udcff", "x" * 43])
def test_guesses_open_nothing(guess: str | None) -> None:
    gate = BrowserGate(8000)
    assert not gate.knows(guess)
    assert not gate.let_in(guess or "")
    session = gate.let_in(gate.link().partition("token=")[2])
    assert not gate.knows(guess)
    assert not gate.knows(session[:-1])
