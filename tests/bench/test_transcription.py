from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

pytest.importorskip("coach.bench.accuracy", reason="needs the `bench` extra", exc_type=ImportError)

from coach.bench import transcription
from coach.bench.accuracy import Accuracy
from coach.cli import main
from coach.errors import Exit, InputError
from coach.events import Channel, Fact, Hypothesis, Utterance
from coach.sample import CALL

HEADER = "start_s\tend_s\trole\ttext\n"


def test_a_reference_is_read_with_its_roles(tmp_path: Path) -> None:
    file = tmp_path / "call.tsv"
    file.write_text(HEADER + '0.5\t1.5\tagent\the said "hello"\n2\t3\tcaller\tbye\n')
    one, other = transcription.read_reference(file)
    assert (one.channel, one.text, one.end) == (Channel.AGENT, 'he said "hello"', 1.5)
    assert other.channel is Channel.CUSTOMER


@pytest.mark.parametrize("line", ["x\t1\tagent\thello", "0\t1\tnobody\thello", "0\t1"])
def test_a_bad_line_of_a_reference_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "call.tsv"
    file.write_text(f"{HEADER}0\t1\tagent\tfine\n{line}\n")
    with pytest.raises(InputError, match="line 3"):
        transcription.read_reference(file)


def test_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no recordings"):
        transcription.recordings(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        transcription.recordings(tmp_path / "nowhere")


def heard(errors: int, load: float) -> transcription.FileRun:
    score = Accuracy(words=10, errors=errors, lags=(0.5, 1.0, 2.0), draft_lags=(0.3,))
    return transcription.FileRun(
        name="x", seconds=10, computing=load * 10, accuracy=score, heard=9, trusted=8, rss_mb=100
    )


def test_figures_of_several_files_are_pooled() -> None:
    total = transcription.condense("total", [heard(1, 0.2), heard(3, 0.4)])
    assert total.wer == pytest.approx(20.0)
    assert total.load == pytest.approx(0.3)
    assert (total.errors, total.words, total.heard, total.trusted) == (4, 20, 18, 16)
    assert (total.lag_p50, total.lag_p95, total.draft_lag_p50) == (1.0, 2.0, 0.3)


def told(utterance: str, committed: str, final: str | None, *, doubtful: bool) -> list[Fact]:
    span = {"at": 1.0, "channel": Channel.CUSTOMER, "start": 0.0, "end": 1.0}
    facts: list[Fact] = [Hypothesis(**span, utterance=utterance, committed=committed, tail="x")]
    if final is not None:
        facts.append(
            Utterance(
                **span,
                utterance=utterance,
                text=final,
                words=(),
                confidence=0.9,
                doubtful=doubtful,
            )
        )
    return facts


@pytest.mark.parametrize(
    ("committed", "final", "doubtful", "words"),
    [
        ("thank you", "I hate you", False, 3),
        ("thank you", "thank you", True, 2),
        ("", "thank you", True, 0),
        ("thank you", None, False, 2),
    ],
)
def test_words_that_stood_committed_count_as_trusted_though_the_final_is_doubtful(
    committed: str, final: str | None, doubtful: bool, words: int
) -> None:
    assert transcription.trusted_words(told("C1", committed, final, doubtful=doubtful)) == words


def test_median_is_taken_figure_by_figure() -> None:
    runs = [
        transcription.condense("x", [heard(e, load)]) for e, load in ((1, 0.5), (2, 0.1), (9, 0.3))
    ]
    middle = transcription.median(runs)
    assert (middle.name, middle.errors, middle.load) == ("x", 2, pytest.approx(0.3))


def test_without_recordings_the_command_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", str(tmp_path), "--runs", "0"]) == Exit.INPUT
    assert "--runs" in capsys.readouterr().err


@pytest.mark.model
@pytest.mark.timeout(300)
@pytest.mark.xdist_group("sample call")
def test_the_sample_call_is_measured(
    capsys: pytest.CaptureFixture[str],
    sharing_decodes: Callable[..., AbstractContextManager[None]],
) -> None:
    with sharing_decodes():
        assert main(["bench", str(CALL), "--json"]) == Exit.OK
    answer = json.loads(capsys.readouterr().out)
    (file,) = answer["files"]
    wanted = {"wer", "errors", "words", "lag_p50", "lag_p95", "draft_lag_p50", "load", "rss_mb"}
    assert wanted <= file.keys()
    assert wanted <= answer["total"].keys()
    assert file["words"] > 100
    assert file["wer"] < 25.0
