"""`coach rules` and `coach score` as a user meets them."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from pathlib import Path

import pytest
import tuned_rules as tuned
from rulekit import small_pack

from coach.cli import main
from coach.errors import Exit

PACK = small_pack()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "pack.toml"
    path.write_text(PACK)
    return path


def test_list_names_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", "safety"]) == Exit.OK
    shown = capsys.readouterr().out
    assert "safety.self_harm" in shown
    assert "esc." not in shown


@pytest.mark.meaning
def test_the_shipped_pack_passes_its_own_tools() -> None:
    assert main(["rules", "lint"]) == Exit.OK
    assert main(["rules", "test"]) == Exit.OK
    assert main(["rules", "coverage"]) == Exit.OK


def test_explain_shows_words_card_and_changes(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "floor.toml"
    overlay.write_text(
        '[[change]]\nrule = "esc.example"\nby = "lead"\n'
        'reason = "ours is calmer"\nset.severity = 1\n'
    )
    args = ["rules", "explain", "esc.example", "--rules", str(pack), "--overlay", str(overlay)]
    assert main(args) == Exit.OK
    shown = capsys.readouterr().out
    for words in (
        "an example",
        "Do something",
        "severity: 2 -> 1",
        "by lead",
        "ours is calmer",
        "a teacher",
    ):
        assert words in shown


def test_a_long_value_stands_before_and_after_on_lines_of_their_own(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "floor.toml"
    long = f"It {'is so ' * 20}long."
    overlay.write_text(
        'by = "l"\nreason = "r"\n[[change]]\nrule = "esc.example"\n'
        f'set.card.say = ["{long}"]\nset.card.do = "Short"\n'
    )
    files = ["--rules", str(pack), "--overlay", str(overlay)]
    assert main(["rules", "diff", *files]) == Exit.OK
    told = capsys.readouterr().out.splitlines()
    assert max(map(len, told)) <= 100
    say = told.index("  card.say:")
    new = next(place for place, line in enumerate(told) if line.startswith("    + It is so "))
    assert told[say + 1 : new] == ["    - One.", "    - Two."], "each wording on a line of its own"
    assert "  card.do: Do something -> Short" in told


def test_explain_writes_conditions_as_they_can_be_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "tuned.toml"
    pack.write_text(tuned.PACK)
    assert main(["rules", "explain", "agent.dead_air", "--rules", str(pack)]) == Exit.OK
    out = capsys.readouterr().out
    assert "When\n  when.silence = 6\n  when.announced = 10\n" in out
    assert 'Unless\n  unless = [{ cue = ["esc.boss"], within = 20 }]' in out


def test_explain_suggests_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "explain", "esc.legl"]) == Exit.INPUT
    assert "Did you mean 'esc.legal'?" in capsys.readouterr().err


def test_settable_suggests_a_part_of_the_engine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "settable", "engine.card"]) == Exit.INPUT
    assert "Did you mean 'engine.cards'?" in capsys.readouterr().err
    assert main(["rules", "settable", "engine.zebra"]) == Exit.INPUT
    assert "`coach rules settable` lists them all." in capsys.readouterr().err


def test_an_empty_sentence_is_not_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "try", "  "]) == Exit.INPUT
    err = capsys.readouterr().err
    assert "coach: The sentence is empty. Say it in quotation marks." in err


def test_a_file_without_sentences_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none.tsv").write_text("\n")
    assert main(["score", str(tmp_path / "none.tsv")]) == Exit.INPUT
    assert "none.tsv holds no sentences. `coach score --help` shows" in capsys.readouterr().err


@pytest.mark.meaning
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["I want to speak to your manager"], "esc.supervisor"),
        (["that's our policy", "--agent"], "agent.policy_wall"),
        (["I'm not saying you're useless"], "(negated: one severity less, no card)"),
        (
            ["I'm not going to kill myself"],
            "(negated: one severity less)\n  'kill myself'\n  DO   ",
        ),
        (["what a nice day"], "give it a sentence like this one where that is meant"),
        (
            ["the fee is not what I was told it would be"],
            "from a sensitivity of 2 on it would match, with a false alarm in one of 6 calls",
        ),
    ],
)
def test_try_tells_what_a_sentence_matches(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "try", *words]) == Exit.OK
    assert expected in capsys.readouterr().out


def test_try_tells_added_rules_first_and_where_nothing_is_near(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["rules", "try", "I could not find any parking near your branch", "--rules", str(pack)]
    assert main(words) == Exit.OK
    assert "nothing comes near what a rule means" in capsys.readouterr().out
    overlay = pack.with_name("team.toml")
    overlay.write_text(
        '[[rule]]\nby = "R"\nreason = "r"\nid = "esc.park"\ntitle = "t"\nseverity = 1\n'
        'when.meaning = ["there is nowhere to park at your branch"]\nsensitivity = 0.001\n'
    )
    assert main([*words, "--overlay", str(overlay)]) == Exit.OK
    assert "'there is nowhere to park at your branch': ordinary" in capsys.readouterr().out


def test_a_failing_example_is_shown(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack.write_text(PACK.replace("this is an example", "this is a sample"))
    assert main(["rules", "test", "--rules", str(pack)]) == Exit.FAILED
    assert "must match: 'this is a sample'" in capsys.readouterr().out


def test_a_todo_that_works_asks_to_be_unmarked(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack.write_text(PACK.replace("no_match", 'todo_match = ["another an example"]\nno_match'))
    assert main(["rules", "test", "--rules", str(pack)]) == Exit.FAILED
    assert "unmark it" in capsys.readouterr().out


LINTED = {
    'match = ["this is an example"]\n': ("", "no example of what it notices"),
    ', "nor is this"]': ("]", "1 of at least 2"),
    'false_positives = ["a teacher"]\n': ("", "when it is wrong"),
    "when.phrase": ("timing = { for = 2 }\nwhen.phrase", "no timeline"),
}


@pytest.mark.parametrize("old", sorted(LINTED))
def test_lint_grades_weak_rules(old: str, pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new, message = LINTED[old]
    pack.write_text(PACK.replace(old, new))
    assert main(["rules", "lint", "--rules", str(pack)]) == Exit.FAILED
    assert message in capsys.readouterr().out


@pytest.mark.meaning
def test_lint_hears_wordings_that_the_product_warns_against(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "floor.toml"
    overlay.write_text(
        'by = "lead"\nreason = "try"\n[[change]]\nrule = "esc.legal"\n'
        'set.card.say = ["Please calm down.", "There is nothing I can do."]\n'
    )
    assert main(["rules", "lint", "--overlay", str(overlay)]) == Exit.FAILED
    shown = capsys.readouterr().out
    assert "agent.calm_down" in shown
    assert "agent.policy_wall" in shown


def test_mistakes_reach_the_user_all_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    bad = Path(__file__).parents[1] / "rules" / "bad" / "bad_phrase.toml"
    assert main(["rules", "lint", "--rules", str(bad)]) == Exit.RULES
    shown = capsys.readouterr().err
    assert "4 mistakes" in shown
    assert "bad_phrase.toml:5" in shown
    assert "Traceback" not in shown
    assert "coach rules lint" not in shown, "that is what is running"
    assert shown.endswith("Mend each at its line, and run this again.\n")


# --- score ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [(errno.ENOSPC, Exit.STORAGE, "The output cannot be written: "), (errno.EPIPE, Exit.OK, "")],
)
def test_an_output_that_fails_is_not_blamed_on_the_sentences(
    fault: int,
    code: Exit,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(_words: str) -> int:
        raise OSError(fault, os.strerror(fault))

    file = tmp_path / "lines.tsv"
    file.write_text("CUSTOMER\thello\n")
    monkeypatch.setattr(sys.stdout, "write", refuse)
    assert main(["score", str(file)]) == code
    err = capsys.readouterr().err
    assert told in err
    assert "cannot be read" not in err


def scored(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[dict[str, object]], str]:
    file = tmp_path / "sentences"
    file.write_bytes(text.encode())
    code = main(["score", str(file)])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err


def test_score_reads_json_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows, _ = scored(
        '{"channel": "CUSTOMER", "text": "I will sue you, you are useless"}\n'
        '{"channel": "agent", "text": "that is our policy"}\n'
        '{"text": "lovely weather"}\n',
        tmp_path,
        capsys,
    )
    assert code == Exit.OK
    assert [set(r) for r in rows] == [
        {"line", "channel", "sentiment", "distress", "cues", "severity"}
    ] * 3
    assert rows[0]["cues"] == ["esc.legal", "conduct.insult", "note.bitter"]
    assert rows[0]["severity"] == 3
    assert rows[1]["cues"] == ["agent.policy_wall", "note.bad_news"]
    assert (rows[2]["cues"], rows[2]["severity"]) == ([], 0)
    assert rows[2]["sentiment"] > 0  # type: ignore[operator]


def test_score_reads_tsv_with_a_header(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows, _ = scored(
        "\ufeffchannel\ttext\r\nCUSTOMER\tget me a supervisor\r\n\r\nAGENT\tcalm down\r\n",
        tmp_path,
        capsys,
    )
    assert code == Exit.OK
    assert [(r["line"], r["cues"]) for r in rows] == [
        (2, ["esc.supervisor"]),
        (4, ["agent.calm_down"]),
    ]


def test_bad_lines_are_told_by_number_and_lose_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        'CUSTOMER\tget me a supervisor\nno tab here\n{"text": 5}\n'
        '{"broken\nNOBODY\thello\nAGENT\thello\n'
    )
    code, rows, err = scored(text, tmp_path, capsys)
    assert code == Exit.INPUT
    assert [r["line"] for r in rows] == [1, 6]
    for number in (2, 3, 4, 5):
        assert f"line {number}:" in err
    assert "4 lines could not be read" in err


def test_bytes_that_are_no_text_are_one_bad_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sentences"
    file.write_bytes(b"CUSTOMER\thello\nCUSTOMER\tcaf\xe9\nCUSTOMER\tbye\n")
    assert main(["score", str(file)]) == Exit.INPUT
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert "line 2: not UTF-8" in err


def test_score_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"CUSTOMER\tI will sue you\n")))
    assert main(["score", "-"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["cues"] == ["esc.legal"]


def test_a_missing_file_has_a_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "no-such-file"]) == Exit.INPUT
    assert "cannot be read" in capsys.readouterr().err


def test_negated_and_quoted_words_are_no_cues(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, rows, _ = scored(
        "CUSTOMER\tI'm not saying you're useless\nCUSTOMER\the said you're useless\n",
        tmp_path,
        capsys,
    )
    assert [r["cues"] for r in rows] == [[], []]


def test_try_says_what_is_taken_for_an_announcement(capsys: pytest.CaptureFixture[str]) -> None:
    words = "If this is a medical emergency, please hang up and dial 911."
    assert main(["rules", "try", words]) == Exit.OK
    assert "taken for a recorded announcement (emergency notice)" in capsys.readouterr().out
