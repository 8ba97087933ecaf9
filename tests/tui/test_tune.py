"""The tuning screen: what its keys do, and what it looks like at three sizes.

Accept changed pictures, having looked at them, with
``pytest tests/tui/test_tune.py --snapshot-update``.
"""

from __future__ import annotations

import msgspec
import pytest
from floors import ScriptedDesk as FloorDesk
from floors import floor
from pytest_textual_snapshot import SVGImageExtension
from reviewing import picture, until
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Static
from tuning import COOLDOWN, RULES, SILENCE, VALUES, ScriptedDesk, point

from tui.floor_app import FloorApp
from tui.screens.ask import AskScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.tune import TuneScreen
from tui.screens.tune_help import TuneHelpScreen
from tui.tune_app import TuneApp
from tui.widgets.tuned import LABEL, ROWS, FiguresView, curve, dials, figures


def app_with(desk: ScriptedDesk) -> TuneApp:
    return TuneApp(desk, RULES, "agent.dead_air")


def text(app: TuneApp, name: str) -> str:
    screen = app.screen_stack[0]
    return str(screen.query_one(f"#{name}", Static).content)


def top(app: TuneApp) -> str:
    return "\n".join(str(one.content) for one in app.screen.query(Static))


async def test_every_key() -> None:
    desk = ScriptedDesk()
    app = app_with(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: desk.asked == [("begin", "agent.dead_air", "when.silence")])
        await pilot.press("right", "right", "left")
        assert "12 → 13 s" in text(app, "tune-dials")
        await pilot.press("pagedown")
        assert "2026-03-04T09-00" not in text(app, "tune-gained")
        await pilot.press("end")
        assert "→ 600 s" in text(app, "tune-dials")
        assert "12" in text(app, "tune-figures")
        await pilot.press("u", "u")
        assert "→ 15 s" in text(app, "tune-dials")
        await pilot.press("u", "u")
        assert "→" not in text(app, "tune-dials")
        await pilot.press("u")
        assert text(app, "tune-told") == "There is nothing to undo."
        await pilot.press("s")
        assert "is the one in force" in text(app, "tune-told")
        await pilot.press("shift+left", "s")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        assert "will say: it contradicts its timeline 'x'" in top(app)
        await pilot.press("enter")
        assert "says why" in text(app, "tune-told")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await pilot.press("down", "enter")
        assert desk.asked[-2] == ("save", 1, "fewer false alarms") or (
            "save", 1, "fewer false alarms") in desk.asked  # fmt: skip
        await until(pilot, lambda: text(app, "tune-told") == "Saved as version 2 of team.toml.")
        # what is known of the values stays, against the one that was in force before
        assert desk.asked.count(("begin", "agent.dead_air", "when.silence")) == 1
        assert "when.silence     4 s" in text(app, "tune-dials")
        assert "→" not in text(app, "tune-dials")
        assert "before" in text(app, "tune-figures")
        assert "in force" not in text(app, "tune-figures")
        await pilot.press("w")
        await until(pilot, lambda: "9 shown, 4 used, 1 waved off" in text(app, "tune-told"))
        await pilot.press("up")
        await until(pilot, lambda: desk.asked[-1] == ("begin", "agent.dead_air", "timing.cooldown"))
        await pilot.press("r", "c", "h", "u", "r", "n", "enter")
        await until(pilot, lambda: desk.asked[-1] == ("begin", "esc.churn", "timing.cooldown"))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, TuneHelpScreen))
        assert "undo: the value before" in top(app)


def cut_off(app: TuneApp) -> list[str]:
    """What stands on the screen and has not all of its lines in it, or on more columns."""
    found = []
    for one in app.screen.query(Static):
        if not one.display or not str(one.content):
            continue
        lines = str(one.content).splitlines()
        wide = max(len(line) for line in lines)
        seen = one.region.intersection(app.screen.region)
        if seen.bottom < one.region.bottom or seen.height < len(lines):
            found.append(f"{one.id}: {seen.height} of {len(lines)} lines")
        if one.styles.text_wrap == "nowrap" and one.content_size.width < wide:
            found.append(f"{one.id}: {one.content_size.width} of {wide} columns")
    return found


@pytest.mark.parametrize("size", [(40, 10), (40, 16), (60, 12)])
async def test_on_a_small_screen_figures_and_keys_are_seen_whole(size: tuple[int, int]) -> None:
    app = app_with(ScriptedDesk())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "precision" in text(app, "tune-figures"))
        await pilot.press("right", "right")
        assert "12 → 15 s" in text(app, "tune-dials")
        told = text(app, "tune-figures")
        assert told.splitlines()[0].split() == ["in", "force", "tried"]
        if size[0] == 40:
            assert told.splitlines()[-1] == "0 gained, 12 lost, 2 moved"
            assert [one for one in cut_off(app) if "tune-figures" in one] == []
        keys = app.screen.query_one("#keys")
        assert "? help" in text(app, "keys")
        assert keys.region.bottom == size[1]
        app.screen_stack[0].tell("word " * 30)  # type: ignore[attr-defined]
        await pilot.pause()
        assert keys.region.bottom == size[1]
        await pilot.press("left")
        assert text(app, "tune-told") == ""
        await pilot.press("r")
        assert [one.region.height for one in app.screen.query("#rules")] == [2]
        await pilot.press("escape", "s")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        assert cut_off(app) == []
        assert app.screen.query_one(".sheet").region.bottom <= size[1]


@pytest.mark.parametrize("size", [(30, 24), (40, 20), (50, 20), (40, 24), (59, 29), (40, 30)])
async def test_on_a_narrow_screen_both_values_the_curve_and_a_card_are_seen(
    size: tuple[int, int],
) -> None:
    app = app_with(ScriptedDesk())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "an hour" in text(app, "tune-curve"))
        await pilot.press("right", "right")
        await pilot.pause()
        assert [one for one in cut_off(app) if one.startswith(("tune-fig", "tune-cur", "k"))] == []
        dials = text(app, "tune-dials").splitlines()
        assert max(line.find("15 s") for line in dials) + len("15 s") <= size[0] - 2
        assert "200 of 200 calls" in text(app, "tune-head")[: size[0] - 2]
        words = " ".join(text(app, "tune-curve").split())
        assert words.endswith("2.70 an hour")
        assert "│ in force ▲ tried" in words
        moments = app.screen.query_one("#tune-gained")
        assert moments.region.intersection(app.screen.region).height >= 2
        assert "2026-03-04T09-00 0:00" in text(app, "tune-gained").splitlines()[1]


async def test_a_saved_value_is_published_and_rolled_back() -> None:
    desk = ScriptedDesk()
    app = app_with(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "precision" in text(app, "tune-curve"))
        await pilot.press("shift+left", "s")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await pilot.press("down", "enter")
        await until(pilot, lambda: text(app, "tune-told").startswith("Saved as version 2"))
        await pilot.press("p")
        await until(pilot, lambda: "There is no place to publish to." in text(app, "tune-told"))
        desk.shared = "shared"
        await pilot.press("left", "p")
        assert "4 → 0 is not saved, and will not be in it" in top(app)
        desk.may_go_on.clear()
        await pilot.press("enter")
        assert not isinstance(app.screen, ConfirmScreen)  # it is gone while the work goes on
        assert text(app, "tune-told") == "Publishing …"
        await pilot.press("v")
        assert text(app, "tune-told") == "Publishing … One thing after the other."
        desk.may_go_on.set()
        await until(pilot, lambda: text(app, "tune-told") == "Published to shared.")
        assert desk.asked.count(("publish",)) == 1
        await pilot.press("v")
        assert "found  version 1" in top(app)
        await pilot.press("down", "enter")
        assert all(words in top(app) for words in ("- line 0 of version 1", "… and 3 more lines"))
        await pilot.press("escape")
        assert ("roll back", 1) not in desk.asked
        await pilot.press("v", "down", "enter", "enter")
        await until(pilot, lambda: ("roll back", 1) in desk.asked)


async def test_what_is_not_saved_is_not_dropped_without_a_word() -> None:
    desk = ScriptedDesk()
    desk.overlay = ""
    app = app_with(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        assert text(app, "tune-told").startswith("Nothing can be saved: no overlay is named.")
        await pilot.press("left", "s")
        assert text(app, "tune-told").startswith("Nothing can be saved: no overlay is named.")
        for key in ("q", "ctrl+c", "ctrl+q"):
            await pilot.press(key)
            assert "agent.dead_air when.silence: 12 → 11 is not saved." in top(app)
            await pilot.press(key)  # the question stands already
            assert not app._exit
            await pilot.press("escape")
            assert isinstance(app.screen, TuneScreen)
        await pilot.press("r", "ctrl+c")
        assert "12 → 11 is not saved." in top(app), "whatever lies over the rule"
        await pilot.press("escape", "escape", "u", "q")
        assert app._exit


async def test_a_value_given_up_for_another_figure_is_named() -> None:
    app = app_with(ScriptedDesk())
    given_up = "agent.dead_air when.silence: 12 → 11 was not saved."
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "precision" in text(app, "tune-curve"))
        await pilot.press("left", "up")
        assert text(app, "tune-told") == given_up
        await pilot.press("down")
        assert text(app, "tune-told") == ""
        await pilot.press("left", "r", "c", "h", "u", "r", "n", "enter")
        assert text(app, "tune-told") == given_up
        await pilot.press("left", "v", "down", "enter")
        assert "esc.churn timing.cooldown: 45 → 0 is not saved, and goes." in top(app)


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_a_value_not_saved_is_left_with_a_yes(key: str) -> None:
    app = app_with(ScriptedDesk())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "precision" in text(app, "tune-curve"))
        await pilot.press("left", key, "enter")
    assert app._exit


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
@pytest.mark.parametrize("screen", ["tune", "floor"])
async def test_a_screen_is_left_by_ctrl_c_as_by_q(screen: str, key: str) -> None:
    app = app_with(ScriptedDesk()) if screen == "tune" else FloorApp(FloorDesk(floor()))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(key)
    assert app._exit
    assert app.return_code == 0


@pytest.mark.parametrize(
    "size", [(80, 24), (120, 40), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}"
)
async def test_a_rule_tuned(snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    app = app_with(ScriptedDesk())
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, TuneScreen)
        await until(pilot, lambda: "precision" in text(app, "tune-curve"))
        await pilot.press("left", "left")
        assert await picture(pilot) == snapshot.use_extension(SVGImageExtension)(name="tuned")


@pytest.mark.parametrize(
    ("unit", "label", "told"),
    [("s", "s", ""), ("false alarms an hour", "value", "; values are false alarms an hour")],
)
def test_what_the_values_of_the_curve_are_is_said_in_whole_words(
    unit: str, label: str, told: str
) -> None:
    dial = msgspec.structs.replace(SILENCE, unit=unit)
    rows = curve([point(index) for index in range(len(VALUES))], dial, (6, 8), 110).plain
    *_, scale, words = rows.splitlines()
    assert scale[:LABEL].strip() == label
    assert words.endswith(told)
    assert ("values are" in words) is bool(told)


def test_nothing_is_told_of_a_value_before_a_call_is_counted() -> None:
    none = msgspec.structs.replace(point(6), calls=0, gained=0, moved=0)
    quiet = msgspec.structs.replace(none, calls=22, shown=0, per_hour=0.0)
    view = FiguresView(so_far=True)
    told = figures(none, none, view).plain
    assert "no call is counted yet" in told
    assert told.count("…") == 2 * len(ROWS)
    assert "0.00" in figures(quiet, none, view).plain
    nothing = msgspec.structs.replace(none, shown=0, per_hour=0.0)
    for at, words in ((nothing, "no call is counted yet"), (quiet, "no card at any of these")):
        rows = curve([at] * len(VALUES), SILENCE, (6, 6), 100).plain
        assert words in rows
        assert "█" not in rows


async def test_rolling_back_to_what_is_there_is_none() -> None:
    desk = ScriptedDesk()
    desk.same = True
    app = app_with(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "precision" in text(app, "tune-curve"))
        await pilot.press("v", "down", "enter")
        assert isinstance(app.screen, TuneScreen)
        told = "Version 1 is what the overlay holds; nothing is rolled back."
        assert text(app, "tune-told") == told


def test_a_value_that_is_tried_has_its_unit_once_and_whole() -> None:
    alarms = msgspec.structs.replace(SILENCE, unit="false alarms an hour", meaning="All of them.")
    tried = dials([alarms, COOLDOWN], 0, (6, 7), 5).plain.splitlines()
    assert tried[0] == "▶ when.silence     12 → 13 false alarms an hour   All of them."
    assert tried[1] == "  timing.cooldown  45 s"
    in_force = dials([alarms], 0, (6, 6), 5).plain
    assert in_force == "▶ when.silence  12 false alarms an hour   All of them."


def test_words_under_the_curve_stop_before_what_the_width_would_cut() -> None:
    dial = msgspec.structs.replace(SILENCE, unit="false alarms an hour")
    points = [point(index) for index in range(len(VALUES))]
    for width in (78, 110):
        rows = curve(points, dial, (6, 8), width).plain.splitlines()
        assert max(map(len, rows)) <= width
