"""The review's screen: going through a call, and saying what is right of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from reviewing import ROWS, ScriptedDesk, until
from running import sheet, whole
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import DataTable, Static

from coach.errors import DeviceError, StorageError
from coach.events import Channel
from coach.notes.review.past_call import Moment, MomentKind
from coach.notes.review.review_requests import CallsToChoose, RuleAsked
from tui.review_app import ReviewApp
from tui.screens.choose_call import ChooseCallScreen
from tui.screens.draft_rule import DraftRuleScreen
from tui.screens.review import ReviewScreen
from tui.widgets.keys import KeyLine
from tui.widgets.moment_panel import MomentPanel
from tui.widgets.past_transcript import PastTranscript
from tui.widgets.time_line import TimeLineRows

CALL = "2026-03-04T09-30-00-1a2b3c"


@asynccontextmanager
async def reviewing(
    desk: ScriptedDesk, *, at: float | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Pilot[None]]:
    app = ReviewApp(desk, call=CALL, at=at)
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        yield pilot


async def opened(pilot: Pilot[None]) -> None:
    """Until the call that was asked for is on the screen."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))


def screen(pilot: Pilot[None]) -> ReviewScreen:
    shown = next(s for s in pilot.app.screen_stack if isinstance(s, ReviewScreen))
    assert isinstance(shown, ReviewScreen)
    return shown


def panel(pilot: Pilot[None]) -> str:
    return whole(screen(pilot).query_one(MomentPanel).render().plain)


def told(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#told", Static).render())


GONE = (
    ("c", 12.0, "card 1 of 2"),
    ("c c", 40.0, "card 2 of 2"),
    ("c c c", 40.0, "No further card."),
    ("c c C", 12.0, "card 1 of 2"),
    ("C", 0.0, "No earlier card."),
    ("k", 27.0, "kept-back card 1 of 1"),
    ("u", 9.0, "cue 1 of 1"),
    ("s s", 43.0, "silence or hold 2 of 2"),
    ("o", 24.0, "talk-over 1 of 1"),
    ("m", 45.0, "mark 1 of 1"),
    ("end", 75.0, ""),
    ("end home", 0.0, ""),
    ("right right left", 5.0, ""),
    ("shift+right", 30.0, ""),
    ("down down", 9.0, ""),
    ("down down up", 2.0, ""),
)


async def test_one_key_goes_to_the_next_of_its_kind() -> None:
    async with reviewing(ScriptedDesk()) as pilot:
        for keys, at, words in GONE:
            await pilot.press("home", *keys.split())
            assert screen(pilot).at == at, keys
            assert screen(pilot).said.startswith(words), keys


TIMES = (("0:24", 24.0), ("24", 24.0), ("99:00", 75.0), ("soon", 0.0), ("", 0.0))


async def test_g_goes_to_a_time() -> None:
    async with reviewing(ScriptedDesk()) as pilot:
        for typed, at in TIMES:
            await pilot.press("home", "g", *typed, "enter")
            assert screen(pilot).at == at, typed
            assert ("is no time of a call" in screen(pilot).said) == (typed == "soon")


BEHIND = "59:00 is behind the end of this call; it lasts 1:15."


async def test_a_time_behind_the_end_is_said() -> None:
    async with reviewing(ScriptedDesk(), at=3540.0) as pilot:
        assert (screen(pilot).at, screen(pilot).said) == (75.0, BEHIND)
        await pilot.press("home", "g", *"59:00", "enter")
        assert (screen(pilot).at, screen(pilot).said) == (75.0, BEHIND)
        await pilot.press("home", "g", *"1:15", "enter")
        assert (screen(pilot).at, screen(pilot).said) == (75.0, "")


ROOM = (
    ((40, 10), ["cards", "time"]),
    ((60, 16), ["level", "cards", "time"]),
    ((80, 18), ["level", "mood cust", "mood agt", "customer", "agent", "quiet", "cards", "marks"]),
)


@pytest.mark.parametrize(("size", "names"), ROOM, ids=str)
async def test_every_part_of_a_call_is_seen_on_a_small_screen(
    size: tuple[int, int], names: list[str]
) -> None:
    async with reviewing(ScriptedDesk(), at=12.0, size=size) as pilot:
        await pilot.pause()
        line = screen(pilot).query_one(TimeLineRows)
        drawn = [line.render_line(y).text.strip() for y in range(line.size.height)]
        assert [row.startswith(name) for row, name in zip(drawn, names, strict=False)] == [
            True for _ in names
        ], drawn
        assert screen(pilot).query_one(PastTranscript).size.height >= 1
        assert screen(pilot).query_one(MomentPanel).content_size.height == 2
        assert screen(pilot).query_one(KeyLine).region.bottom == size[1]


async def test_words_are_searched_and_gone_through() -> None:
    async with reviewing(ScriptedDesk()) as pilot:
        await pilot.press("slash", *"i have", "enter")
        assert screen(pilot).said == "1 line; n and N go through."
        await pilot.press("n")
        assert screen(pilot).said == "No further line with 'i have'."
        await pilot.press("slash", *"you", "enter")
        places = [screen(pilot).at]
        for _ in range(3):
            await pilot.press("n")
            places.append(screen(pilot).at)
        assert places == [18.0, 24.0, 38.0, 60.0]
        await pilot.press("N")
        assert screen(pilot).at == 38.0
        await pilot.press("slash", *"zebra", "enter")
        assert screen(pilot).said == "Nobody says 'zebra'."


@pytest.mark.parametrize(
    ("key", "does"), [("g", "Enter go there"), ("slash", "Enter search"), ("b", "Enter keep")]
)
async def test_a_question_says_what_enter_does(key: str, does: str) -> None:
    async with reviewing(ScriptedDesk()) as pilot:
        await pilot.press(key)
        lines = [str(one.render()) for one in pilot.app.screen.query(Static)]
        assert any(line.startswith(does) for line in lines)


async def test_a_card_says_why_it_came_and_a_kept_back_one_what_it_lacked() -> None:
    async with reviewing(ScriptedDesk()) as pilot:
        await pilot.press("c")
        shown = panel(pilot)
        assert (
            "● CARD 0:12  Own it: one owner, one date expired after 18 s  rule esc.again" in shown
        )
        assert "customer “called three times now”" in shown
        await pilot.press("k")
        assert "Needed: 20 s more, or a cooldown of at most 15 s" in panel(pilot)
        await pilot.press("C", "enter")
        shown = sheet(pilot)
        assert "Limits of its rule" in shown
        assert "rule: cooldown 120 s" in shown


async def test_a_line_is_seen_from_its_beginning() -> None:
    async with reviewing(ScriptedDesk(), size=(80, 24)) as pilot:
        await pilot.press("home", "down", "down", "down", "e", *"so many words " * 20, "enter")
        shown = screen(pilot).query_one(PastTranscript)
        seen = [shown.render_line(row).text for row in range(shown.size.height)]
        assert seen[0].split()[:3] == ["0:18", "agent", "✎"]


KEPT = (
    ("c r enter", ("mark", "right", 12.0, "P1", "esc.again", "")),
    ("c w n o enter", ("mark", "wrong", 12.0, "P1", "esc.again", "no")),
    ("c w down down enter", ("mark", "wrong", 12.0, "P1", "esc.again", "they were misheard")),
    ("c c l up enter", ("mark", "late", 40.0, "P2", "agent.feel", "it waited behind another card")),
    ("k i enter", ("mark", "missed", 27.0, "", "esc.supervisor", "")),
    ("right i s u p e r enter x enter", ("mark", "missed", 5.0, "", "esc.supervisor", "x")),
    ("right i down enter enter", ("mark", "missed", 5.0, "", "esc.supervisor", "")),
    ("end b enter", ("mark", "note", 75.0, "", "", "")),
)


async def test_what_is_said_is_kept() -> None:
    desk = ScriptedDesk()
    async with reviewing(desk) as pilot:
        for keys, mark in KEPT:
            await pilot.press("home", *keys.split())
            assert desk.asked[-1] == mark, keys


NOT_KEPT = (
    ("w", "These keys are about a card; c goes to the next one."),
    ("k w", "It was not shown. i says that it should have been"),
    ("c w escape", "Nothing was marked."),
    ("right i escape", "Nothing was marked."),
    ("z", "There is no mark of yours here to take back"),
    ("m z", "There is no mark of yours here to take back"),
    ("e", "There is no line here; ↓ goes to the next one."),
    ("t", "There is no line here; ↓ goes to the next one."),
    ("enter", "Nothing was shown here."),
    ("space", "There is no sound: its recording is not there."),
)


async def test_a_key_that_does_not_fit_says_so_and_keeps_nothing() -> None:
    desk = ScriptedDesk()
    async with reviewing(desk) as pilot:
        for keys, words in NOT_KEPT:
            await pilot.press("home", *keys.split())
            assert screen(pilot).said.startswith(words), keys
        assert [asked[0] for asked in desk.asked] == ["open"]


async def test_a_mark_is_shown_with_its_card_and_can_be_taken_back() -> None:
    desk = ScriptedDesk()
    async with reviewing(desk) as pilot:
        await pilot.press("c", "w", "n", "o", "enter")
        assert screen(pilot).said == "Marked wrong: esc.again. z takes it back."
        await pilot.pause()
        assert "✗ wrong  esc.again  “no”  (Rita, 2026-03-05 08:00)" in panel(pilot)
        await pilot.press("z")
        await pilot.pause()
        assert desk.asked[-1] == ("withdraw", "M1")
        assert "Rita" not in panel(pilot)
        await pilot.press("w", "enter", "b", "enter")
        await pilot.pause()
        (marks,) = (r for r in shown_text(pilot).splitlines() if r.strip().startswith("marks "))
        assert marks.split() == ["marks", "✗", "✗"], "no bookmark over a verdict"


async def test_the_agents_own_mark_is_shown_as_such() -> None:
    async with reviewing(ScriptedDesk()) as pilot:
        await pilot.press("c", "c")
        assert "✗ wrong  agent.feel  (the agent, in the call)" in panel(pilot)


async def test_words_and_speaker_are_put_right_beside_what_was_heard() -> None:
    desk = ScriptedDesk()
    async with reviewing(desk, at=18.0, size=(100, 40)) as pilot:
        await pilot.press("e", *["backspace"] * 31, *"Your name?", "enter")
        assert desk.asked[-1] == ("correct", "A2", "Your name?", False)
        await pilot.press("t")
        assert desk.asked[-1] == ("correct", "A2", "Your name?", True)
        await pilot.pause()
        words = shown_text(pilot)
        assert "customer ✎ Your name?" in words
        assert "heard: Can I take your account number?; heard as the agent  (Rita" in words
        await pilot.press("t")
        assert desk.asked[-1] == ("correct", "A2", "Your name?", False)
        await pilot.press("e", *["backspace"] * 10, "enter")
        assert desk.asked[-1] == ("correct", "A2", None, False)
        await pilot.press("e", "!", "enter")  # a first key replaces nothing
        assert desk.asked[-1] == ("correct", "A2", "Can I take your account number?!", False)


PROPOSED = Moment(
    kind=MomentKind.SIDES, at=38.0, end=38.0, title="the sides seem exchanged from 0:38 on"
)


async def test_an_exchange_of_the_sides_is_confirmed_and_taken_back() -> None:
    desk = ScriptedDesk()
    past = msgspec.structs.replace(desk.call.past, moments=(*desk.call.past.moments, PROPOSED))
    desk.call = msgspec.structs.replace(desk.call, past=past)
    async with reviewing(desk) as pilot:
        await pilot.press("v")
        assert panel(pilot).startswith("⇄ SIDES 0:38  the sides seem exchanged from 0:38 on")
        await pilot.press("T", "escape")
        assert screen(pilot).said == "The sides stay as they are."
        await pressed(pilot, "T", "enter")
        await until(pilot, lambda: screen(pilot).said.startswith("Exchanged from 0:38 on"))
        assert desk.asked[-1] == ("exchange", 38.0)
        assert panel(pilot).startswith("⇄ SIDES 0:38  from here on the sides are exchanged  (Rita,")
        # From any line: the line at the cursor is the first of the other side's.
        await pressed(pilot, "home", "down", "down", "T", "enter")
        await until(pilot, lambda: desk.asked[-1] == ("exchange", 9.0))
        await pressed(pilot, "end", "V", "T")
        assert "as they were heard after all?" in str(pilot.app.screen.query_one(Static).render())
        await pilot.press("enter")
        await until(pilot, lambda: screen(pilot).said == "As they were heard again.")
        assert desk.call.exchanged.times == (9.0,)
        desk.fails = StorageError("The disk is full.")
        await pressed(pilot, "T", "enter")
        await until(pilot, lambda: screen(pilot).said == "The disk is full.")


async def test_of_one_undivided_track_no_side_can_be_put_right() -> None:
    desk = ScriptedDesk()
    mixed = msgspec.structs.replace(desk.call.past.lines[0], channel=Channel.MIXED)
    past = msgspec.structs.replace(desk.call.past, lines=(mixed,))
    desk.call = msgspec.structs.replace(desk.call, past=past)
    async with reviewing(desk, at=3.0) as pilot:
        await pilot.press("t")
        assert screen(pilot).said.startswith("Both sides are on one track here")
        assert desk.asked == [("open", CALL)]


def shown_text(pilot: Pilot[None]) -> str:
    rows = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in rows)


async def test_a_mark_that_cannot_be_kept_is_said_and_the_screen_stays() -> None:
    desk = ScriptedDesk()
    async with reviewing(desk) as pilot:
        desk.fails = StorageError("marks cannot be written: no space left.")
        await pilot.press("c", "r", "enter")
        assert screen(pilot).said == "marks cannot be written: no space left."


async def test_a_link_to_the_place_is_shown_and_copied() -> None:
    async with reviewing(ScriptedDesk(), at=24.9) as pilot:
        await pilot.press("y")
        here = f"coach review {CALL}@0:24"
        assert screen(pilot).said.startswith(here)
        assert pilot.app.clipboard == here
        await pilot.press("b", "enter")
        assert screen(pilot).said.startswith(here)


async def pressed(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait for what they began beside the loop."""
    await pilot.press(*keys)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_sound_is_heard_from_the_cursor_and_the_cursor_follows() -> None:
    desk = ScriptedDesk(silent_because="")
    async with reviewing(desk, at=10.0) as pilot:
        await pressed(pilot, "plus", "plus", "space")
        assert desk.asked[-1] == ("play", 10.0, 1.5)
        desk.heard = 24.5
        screen(pilot)._follow_sound()
        assert screen(pilot).at == 24.5
        await pressed(pilot, "minus")
        assert desk.asked[-1] == ("play", 24.5, 1.25)
        await pressed(pilot, "space")
        assert desk.heard is None
        desk.fails = DeviceError("Nothing can be played: no device.")
        await pressed(pilot, "space")
        assert screen(pilot).said == "Nothing can be played: no device."


async def test_a_call_is_chosen_or_a_moment_that_was_asked_for() -> None:
    desk = ScriptedDesk()
    app = ReviewApp(desk, search="manager --by customer")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: told(pilot) == "2 live calls.")
        assert desk.asked == [("choice", "manager --by customer")]
        await pilot.press("down")
        await pilot.pause()
        assert told(pilot) == "0:24 customer: your «manager»"
        await pilot.press("enter")
        await opened(pilot)
        assert screen(pilot).at == 24.0
        assert screen(pilot).said == "1 line with 'manager'; n and N go through."
        await pilot.press("home", "n")
        assert screen(pilot).said == "line 1 of 1 with 'manager'"
        await pilot.press("escape")
        await until(pilot, lambda: desk.asked[-1][0] == "choice")
        assert isinstance(app.screen, ChooseCallScreen)
        assert app.screen.query_one(DataTable).cursor_row == 1, "where one was"
        assert desk.prepared == 1, "with the first list only"
        assert desk.asked[-1] == ("choice", "manager --by customer")


async def test_leaving_a_call_twice_at_once_stays_at_the_list() -> None:
    async with reviewing(ScriptedDesk()) as pilot:
        for _ in range(2):
            pilot.app.post_message(Key("escape", None))
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseCallScreen))
        await pilot.press("down")
        assert isinstance(pilot.app.screen, ChooseCallScreen)


async def test_who_was_on_a_call_is_cut_visibly_and_stands_in_full_below() -> None:
    app = ReviewApp(ScriptedDesk(caller="ref-20871-long"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: told(pilot).endswith("ref-20871-long"))
        table = app.screen.query_one(DataTable)
        shown = [strip.text for strip in map(table.render_line, range(4))]
        assert any("Anna  billing  " in line and "…" in line for line in shown), shown
        await pilot.resize_terminal(160, 24)
        await until(pilot, lambda: told(pilot) == "2 live calls.")
        shown = [strip.text for strip in map(table.render_line, range(4))]
        assert any("ref-20871-long" in line and "2026-03-04T09" in line for line in shown), shown


async def test_that_a_row_is_cut_is_known_before_the_table_has_been_idle() -> None:
    """The table tells of its first row as soon as it has it, and measures itself when idle."""
    app = ReviewApp(ScriptedDesk())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: told(pilot).startswith("2 live calls."))
        screen = app.screen
        assert isinstance(screen, ChooseCallScreen)
        table = screen.query_one(DataTable)

        def shown(call: str) -> str:
            row = msgspec.structs.replace(ROWS[0], call=call, hits=())
            screen.show_choice(CallsToChoose(rows=(row,), told="1 live call."))
            screen.on_data_table_row_highlighted(
                DataTable.RowHighlighted(table, 0, next(iter(table.rows)))
            )
            return told(pilot)

        assert shown("c1") == "1 live call."
        await until(pilot, lambda: table.max_scroll_x == 0)
        assert shown("c1" * 20).endswith("Anna  billing")
        await until(pilot, lambda: table.max_scroll_x > 0)
        assert shown("c1") == "1 live call."


async def test_a_search_is_typed_and_what_is_wrong_with_it_is_said() -> None:
    desk = ScriptedDesk()
    app = ReviewApp(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: told(pilot) == "2 live calls.")
        await pilot.press("slash", *"--by", "enter")
        await until(pilot, lambda: told(pilot) == "That search is not understood.")
        await pilot.press(*["backspace"] * 4, *"nothing", "enter")
        await until(pilot, lambda: told(pilot).startswith("0 live calls.  Nothing here."))
        assert app.screen.query_one(DataTable).row_count == 0


async def test_the_help_names_every_key() -> None:
    async with reviewing(ScriptedDesk(), size=(120, 80)) as pilot:
        await pilot.press("question_mark")
        shown = sheet(pilot)
        words = {
            "left": "←", "right": "→", "shift+left": "Shift", "shift+right": "Shift", "up": "↑",
            "down": "↓", "home": "Home", "end": "End", "slash": "/", "enter": "Enter",
            "plus": "+", "equals_sign": "+", "minus": "-", "question_mark": "?", "escape": "Esc",
        }  # fmt: skip
        for kind in ReviewScreen.__mro__:
            for binding in kind.__dict__.get("BINDINGS", ()):
                if kind.__module__.startswith("tui."):
                    for key in binding.key.split(","):
                        assert words.get(key, key.lower()) in shown, key


async def test_a_rule_is_drafted_from_the_line_at_the_cursor() -> None:
    desk = ScriptedDesk()
    async with reviewing(desk, at=9.5) as pilot:
        await pilot.press("a", "escape")
        assert screen(pilot).said == "No rule was drafted."
        await pilot.press("a", "ctrl+u", "enter")
        form = pilot.app.screen
        assert isinstance(form, DraftRuleScreen), "without words there is nothing to draft"
        await pilot.press(*"my bill", "down", *"the bill; that bill;", "down", *"Own it", "enter")
        await until(pilot, lambda: getattr(pilot.app.screen, "done", False))
        asked = RuleAsked(at=9.0, words="my bill", also=("the bill", "that bill"), card="Own it")
        assert desk.asked[-1] == ("draft", asked)
        assert "saved, disabled: team.toml, line 4" in shown_text(pilot)
        assert "Esc closes" in shown_text(pilot)
        desk.fails = StorageError("team.toml cannot be written: no space left.")
        await pilot.press("escape", "a", "enter")
        await until(pilot, lambda: getattr(pilot.app.screen, "done", False))
        assert "team.toml cannot be written: no space left." in shown_text(pilot)
        await pilot.press("escape", "home", "a")
        assert screen(pilot).said == "There is no line here; ↓ goes to the next one."


async def test_columns_of_the_list_are_wide_enough_before_they_are_drawn() -> None:
    app = ReviewApp(ScriptedDesk())
    async with app.run_test(size=(200, 50)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChooseCallScreen))
        screen = app.screen
        assert isinstance(screen, ChooseCallScreen)
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 3)
        wider = [
            msgspec.structs.replace(ROWS[1], call=f"{ROWS[1].call}-and-a-longer-name", hits=()),
            msgspec.structs.replace(ROWS[0], who="Anna of a far longer name  billing"),
        ]
        screen.show_choice(CallsToChoose(rows=tuple(wider), told="2 calls"))
        table = screen.query_one(DataTable)
        widths = [column.get_render_width(table) for column in table.ordered_columns]
        assert widths[-1] == len(wider[0].call) + 2 * table.cell_padding
        assert widths[-2] == len(wider[1].who) + 2 * table.cell_padding
