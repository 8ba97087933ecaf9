"""One set of rules in force: every command takes it from the settings, and says which it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from rulekit import small_pack

from coach.calls.call import Call, Setup
from coach.calls.kept_rules import keep
from coach.cli import main
from coach.engine.engine import EngineSettings
from coach.errors import Exit, RulesError
from coach.events import CallEnded, CallStarted
from coach.startup import config, doctor
from coach.startup.rules_in_force import RulesInForce, rules_of
from rules.books.loader import load_book
from rules.definition.rule import RuleBook

PACK = small_pack()
OVERLAY = """by = "lead"
reason = "ours"
[[change]]
rule = "esc.example"
append.when.phrase = ["for instance"]
"""
PREFERENCES = """[[change]]
rule = "esc.example"
set.timing.cooldown = 90
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A configuration folder with settings, a pack, a team's overlay and an agent's preferences."""
    folder = Path(os.environ["COACH_CONFIG_HOME"])
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(
        '[rules]\npacks = ["pack.toml"]\noverlay = "floor.toml"\n'
    )
    (folder / "pack.toml").write_text(PACK)
    (folder / "floor.toml").write_text(OVERLAY)
    (folder / "preferences.toml").write_text(PREFERENCES)
    (tmp_path / "talk.txt").write_text("B|for instance this\nA|hello\n")
    (tmp_path / "lines.tsv").write_text("CUSTOMER\tfor instance this\n")
    return folder


def journal(tmp_path: Path) -> Path:
    path = tmp_path / "call.jsonl"
    started = CallStarted(at=0.0, call="c", started="", source="test")
    call = Call(Setup(book=load_book(), settings=EngineSettings()), started, path)
    call.feed(CallEnded(at=1.0, reason="over"))
    call.close()
    return path


COMMANDS = {
    "list": ["rules", "list"],
    "lint": ["rules", "lint"],
    "test": ["rules", "test"],
    "explain": ["rules", "explain", "esc.example"],
    "diff": ["rules", "diff"],
    "try": ["rules", "try", "for instance this"],
    "score": ["score", "{}/lines.tsv"],
    "alarms": ["alarms", "{}/talk.txt"],
    "replay": ["replay", "{}/call.jsonl", "--headless", "--rules-in-force"],
    "verify": ["replay", "{}/call.jsonl", "--verify", "--rules-in-force"],
    "doctor": ["doctor"],
}


@pytest.mark.parametrize("name", sorted(COMMANDS))
@pytest.mark.usefixtures("home")
def test_every_command_says_which_rules_it_uses_and_uses_the_settings(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal(tmp_path)
    book = rules_of(config.load()).load()
    words = [word.format(tmp_path) for word in COMMANDS[name]]
    for options, files in (
        ([], "pack.toml + floor.toml + preferences.toml"),
        (["--no-overlay"], "pack.toml;"),
        (["--overlay", str(Path(os.environ["COACH_CONFIG_HOME"]) / "floor.toml")], "floor.toml;"),
    ):
        main([*words, *options])
        out, err = capsys.readouterr()
        (line,) = [one for one in (out + err).splitlines() if "; fingerprint" in one]
        assert files in line
        assert (book.fingerprint[:12] in line) is (not options)


@pytest.mark.usefixtures("home")
def test_the_overlay_of_the_settings_decides_what_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options, cues in (([], ["esc.example"]), (["--no-overlay"], [])):
        assert main(["score", str(tmp_path / "lines.tsv"), *options]) == Exit.OK
        assert json.loads(capsys.readouterr().out)["cues"] == cues


def test_an_overlay_that_stops_the_start_fails_lint(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "floor.toml").write_text(OVERLAY + "set.severety = 1\n")
    assert main(["rules", "lint"]) == Exit.RULES
    assert "floor.toml:6: rule esc.example: severety: unknown key" in capsys.readouterr().err


def test_diff_shows_before_and_after_and_who_and_why(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del home
    assert main(["rules", "diff"]) == Exit.OK
    assert capsys.readouterr().out.splitlines() == [
        "esc.example: Example",
        "  when.phrase: + for instance",
        "      floor.toml:5, by lead: ours",
        "  timing.cooldown: 45 -> 90",
        "      preferences.toml:3, by the agent: own preference",
    ]
    assert main(["rules", "diff", "--no-overlay"]) == Exit.OK
    assert "nothing is changed" in capsys.readouterr().out


def test_who_changed_the_rules_of_a_past_call_is_told_later(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = rules_of(config.load()).load()
    started = CallStarted(at=0.0, call="c", started="", source="test")
    call = Call(Setup(book=book, settings=EngineSettings()), started, tmp_path / "call.jsonl")
    call.feed(CallEnded(at=1.0, reason="over"))
    call.close()
    keep(book, tmp_path / "rules")
    (home / "floor.toml").write_text("")
    (home / "preferences.toml").unlink()
    past = ["--of", str(tmp_path / "call.jsonl")]
    for words in (["diff"], ["explain", "esc.example"]):
        assert main(["rules", *words, *past]) == Exit.OK
        out, err = capsys.readouterr()
        assert "  when.phrase: + for instance\n      floor.toml:5, by lead: ours" in out
        assert f"rules: those of call; 1 of 1 rules run; fingerprint {book.fingerprint[:12]}" in err
    (tmp_path / "rules" / f"{book.fingerprint}.json.gz").unlink()
    assert main(["rules", "diff", *past]) == Exit.INPUT
    assert "The rules that call was coached with are not kept." in capsys.readouterr().err


def test_several_overlays_may_be_named_in_the_settings(home: Path) -> None:
    (home / "more.toml").write_text(OVERLAY.replace("for instance", "say"))
    (home / "settings.toml").write_text(
        '[rules]\npacks = ["pack.toml"]\noverlay = ["floor.toml", "more.toml"]\n'
    )
    in_force = rules_of(config.load())
    assert [p.name for p in in_force.overlays] == ["floor.toml", "more.toml"]
    assert [c.now for c in in_force.load().rule("esc.example").changes] == [
        "for instance", "say", "90",
    ]  # fmt: skip


ABSENT = '[rules]\npacks = ["pack.toml"]\noverlay = ["floor.toml", "gone.toml"]\n'


@pytest.mark.parametrize("name", ["list", "lint", "test", "explain", "diff", "try"])
def test_an_overlay_of_the_settings_that_is_not_there_is_told_and_the_rest_is_shown(
    name: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "settings.toml").write_text(ABSENT)
    expected = Exit.FAILED if name in ("lint", "test") else Exit.OK
    assert main(COMMANDS[name]) == expected
    told = capsys.readouterr().err
    assert f"{home / 'gone.toml'} is named in the settings and not there, so this is" in told
    assert "rules: pack.toml + floor.toml + preferences.toml; 1 of 1" in told


@pytest.mark.parametrize(
    "words", [["score", "{}/lines.tsv"], ["alarms", "{}/talk.txt"], ["rules", "list", "--overlay"]]
)
def test_what_counts_and_what_the_command_line_names_needs_every_overlay(
    words: list[str], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "settings.toml").write_text(ABSENT)
    named = [str(home / "gone.toml")] if "--overlay" in words else []
    assert main([*(word.format(tmp_path) for word in words), *named]) == Exit.RULES
    assert "gone.toml: there is no such file; make it" in capsys.readouterr().err


def test_preferences_that_are_named_must_be_there(home: Path) -> None:
    (home / "settings.toml").write_text('[rules]\npreferences = "mine.toml"\n')
    with pytest.raises(RulesError, match=r"mine\.toml: there is no such file; make it"):
        rules_of(config.load()).load()


# --- what can be set --------------------------------------------------------------------------


def settable(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, object]]:
    assert main(["rules", "settable", *words, "--json"]) == Exit.OK
    return {p["path"]: p for p in json.loads(capsys.readouterr().out)}


@pytest.mark.parametrize(
    ("rule", "path", "bounds", "unit", "value"),
    [
        ("agent.dead_air", "when.silence", (0, 600), "s", 12),
        ("agent.dead_air", "when.announced", (0, 600), "s", 10),
        ("agent.hold_no_notice", "when.any.2.silence", (0, 600), "s", 120),
        ("agent.hold_no_notice", "unless.count", (1, 1000), "times", 1),
        ("esc.churn", "sensitivity", (0.0005, 5), "false alarms an hour", 0.025),
        ("esc.churn", "support", (0.0005, 60), "false alarms an hour", 10),
        ("say.empathy", "timing.keep_for", (0, 7200), "s", 0),
        ("esc.churn", "timing.keep_for", (0, 7200), "s", 0),
        ("esc.churn", "card.priority", (0, 100), "", 58),
        ("esc.churn", "severity", (0, 4), "", 2),
    ],
)
def test_every_value_of_a_rule_is_listed(
    rule: str, path: str, bounds: tuple[float, float], unit: str, value: float,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    one = settable(capsys, rule)[path]
    assert (one["least"], one["most"]) == bounds
    assert (one.get("unit", ""), one["default"]) == (unit, value)
    assert one["meaning"]


def test_what_would_not_count_is_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A rule's own rates stand for those of its single meanings."""
    assert not {"when.sensitivity", "when.support"} & set(settable(capsys, "esc.churn"))


def test_what_is_listed_can_be_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every figure of every rule takes both of its bounds, and nothing beyond."""
    changes: list[str] = []
    beyond: list[str] = []
    for rule in ("agent.dead_air", "agent.hold_no_notice", "agent.overtalk", "esc.churn"):
        for path, one in settable(capsys, rule).items():
            least, most = one.get("least"), one.get("most")
            if isinstance(least, int | float) and isinstance(most, int | float):
                head = f'[[change]]\nrule = "{rule}"\nset.{path} = '
                changes += [f"{head}{least}", f"{head}{most}"]
                beyond.append(f"{head}{most + 1}")
    assert len(beyond) > 30
    floor = tmp_path / "floor.toml"
    floor.write_text("\n".join(['by = "b"\nreason = "r"', *changes]))
    load_book(overlay=floor)
    floor.write_text("\n".join(['by = "b"\nreason = "r"', *beyond]))
    with pytest.raises(RulesError, match=f"{len(beyond)} mistakes"):
        load_book(overlay=floor)


def test_everything_settable_says_what_it_means(capsys: pytest.CaptureFixture[str]) -> None:
    everything = settable(capsys)
    assert {"when.silence", "timing.for", "card.hold", "engine.cards.wait_s"} <= set(everything)
    quiet = [path for path, one in everything.items() if not one["meaning"]]
    assert quiet in ([], ["engine.escalation.steps[].level"])
    assert main(["rules", "settable", "engine.nothing"]) == Exit.INPUT
    assert main(["rules", "settable", "esc.chrun"]) == Exit.INPUT
    assert "Did you mean 'esc.churn'?" in capsys.readouterr().err


# --- what settings make of the engine ---------------------------------------------------------


def test_what_is_set_of_the_engine_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = home / "settings.toml"
    settings.write_text(f"{settings.read_text()}[engine.cards]\nmax_per_call = 5\n")

    def told(*words: str) -> str:
        assert main(["rules", *words]) == Exit.OK
        return capsys.readouterr().out

    line = "engine.cards.max_per_call: 30 -> 5"
    assert told("diff").endswith(told("diff", "engine"))
    assert told("diff", "engine") == f"{line}\n      {settings}\n"
    assert told("diff", "engine.mood") == "nothing is changed in what begins with 'engine.mood'\n"
    assert "usually 30, now 5" in told("settable", "engine.cards")
    assert told("explain", "engine.cards") == told("settable", "engine.cards")
    assert line in doctor.check_settings(settings).found
    assert main(["rules", "diff", "nofam"]) == Exit.INPUT
    assert "No rule's id begins with 'nofam'." in capsys.readouterr().err


def test_files_are_told_by_where_they_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    book = RuleBook(language="en", rules=(), fingerprint="0123456789abcdef")
    counted = "; 0 of 0 rules run; fingerprint 0123456789ab"

    def told(*overlays: Path) -> str:
        return RulesInForce(overlays=overlays).told(book)

    assert told(Path("team.toml")) == f"shipped packs (en) + team.toml{counted}"
    assert told(Path("a/team.toml")) == f"shipped packs (en) + team.toml{counted}; in a"
    at_home = tmp_path / "home" / "shared" / "team.toml"
    assert told(at_home) == f"shipped packs (en) + team.toml{counted}; in ~/shared"
    assert told(Path("/x/a.toml"), at_home) == (
        f"shipped packs (en) + /x/a.toml + ~/shared/team.toml{counted}"
    )
