"""The sample call, heard by the recogniser itself: what is shown, that it is the same every time,
and that none of it needs a network.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from heard_apart import Apart

from coach.calls.journal import read_journal
from coach.cli import main
from coach.errors import Exit
from coach.events import CallStarted, CardRaised, WarningGiven

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.timeout(900),  # two minutes of sound are decoded, on whatever machine this is
    pytest.mark.xdist_group("sample call"),
]

ANEW = 8
"""One decode in so many of the second hearing is done anew; of drafts, pauses and finals each."""


@pytest.fixture(scope="module")
def demo(
    tmp_path_factory: pytest.TempPathFactory,
    apart: Apart,
    sharing_decodes: Callable[..., contextlib.AbstractContextManager[None]],
) -> tuple[str, Path]:
    """What the demonstration prints, and its journal, in another process than ``apart``."""
    assert apart.ended.returncode == Exit.OK, apart.ended.stderr
    path = tmp_path_factory.mktemp("demo") / "demo.jsonl"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), sharing_decodes(anew=ANEW):
        assert main(["demo", "--headless", "--journal", str(path)]) == Exit.OK
    return printed.getvalue(), path


def test_the_sample_call_is_heard_and_coached(demo: tuple[str, Path]) -> None:
    out, path = demo
    for words in ("the third time", "speak to your manager", "You are an idiot", "respectfully"):
        assert words.lower() in out.lower()
    assert main(["replay", str(path), "--verify"]) == Exit.OK


def test_the_sample_calls_cards_come_in_order_with_their_reasons(demo: tuple[str, Path]) -> None:
    results = read_journal(demo[1]).results()
    cards = [r for r in results if isinstance(r, CardRaised)]
    wanted = ["agent.no_empathy", "esc.supervisor", "ladder.warn_1", "esc.recap"]
    assert [c.rule for c in cards if c.rule in wanted] == wanted
    boundary = next(c for c in cards if c.rule == "ladder.warn_1")
    assert any("You are" in e.text for e in boundary.because)
    warning = next(r for r in results if isinstance(r, WarningGiven))
    recovery = next(c for c in cards if c.rule == "esc.recap")
    assert boundary.at < warning.at < recovery.at
    assert any("helps" in e.text for e in recovery.because)


def test_the_same_recording_gives_the_same_journal(demo: tuple[str, Path], apart: Apart) -> None:
    assert apart.ended.returncode == Exit.OK, apart.ended.stderr
    one, two = (
        [e for e in read_journal(path).events if not isinstance(e, CallStarted)]
        for path in (demo[1], apart.journal)
    )
    assert one == two


def test_no_socket_is_opened(apart: Apart) -> None:
    assert apart.ended.returncode == Exit.OK, apart.ended.stderr
    assert "third time" in apart.ended.stdout


def test_a_namespace_without_interfaces_will_do(apart: Apart) -> None:
    if apart.routes is None:
        pytest.skip("needs Linux network namespaces (unshare), and the right to make one")
    assert len(apart.routes.splitlines()) <= 1, "the namespace has a route out"
    assert apart.ended.returncode == Exit.OK, apart.ended.stderr
    assert "third time" in apart.ended.stdout
