from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import Exit, InputError
from coach.startup import config
from coach.startup.paths import Paths
from coach.startup.setup import engine_settings


def _write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_no_file_means_defaults() -> None:
    assert config.load() == config.Settings()


def test_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.toml"):
        config.load(tmp_path / "absent.toml")


def test_every_setting_arrives(tmp_path: Path) -> None:
    settings = config.load(
        _write(
            tmp_path,
            """
            agent = "Anna"
            journal = false
            [model]
            name = "small"
            offline = true
            [audio]
            microphone = "USB headset"
            far_end = "speakers.monitor"
            agent_channel = "right"
            [rules]
            packs = ["mine.toml", "/etc/coach/rules"]
            overlay = "team/overlay.toml"
            language = "en"
            """,
        )
    )
    assert settings.agent == "Anna"
    assert settings.journal is False
    assert settings.model == config.ModelSettings(name="small", offline=True)
    assert settings.audio.agent_channel == "right"
    assert settings.rules.packs == (tmp_path / "mine.toml", Path("/etc/coach/rules"))
    assert settings.rules.overlay == (tmp_path / "team" / "overlay.toml",)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[model]\nnmae = 'small'", "nmae"),
        ("[model]\noffline = 'yes'", "model.offline"),
        ("[audio]\nagent_channel = 'middle'", "audio.agent_channel"),
        ("[rules]\npacks = 'one.toml'", "rules.packs"),
        ("modle = 1", "modle"),
        ("journal = maybe", "line 1"),
    ],
)
def test_mistake_names_the_file_and_the_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        config.load(_write(tmp_path, text))
    assert key in caught.value.message
    assert "settings.toml" in caught.value.message
    assert caught.value.code is Exit.INPUT


def test_every_mistake_is_told_at_once_with_what_was_meant(tmp_path: Path) -> None:
    text = """
    agnet = 1
    [model]
    name = 3
    ofline = true
    [audio]
    agent_channel = "lefft"
    [rules]
    packs = [1]
    [engine]
    escalaton = {}
    [engine.cards]
    wait_s = "x"
    glnce_s = 1
    """
    with pytest.raises(InputError) as caught:
        config.load(_write(tmp_path, text))
    assert str(caught.value).splitlines()[1:] == [
        "  agnet: unknown key; did you mean 'agent'?",
        "  model.name: expected text in quotes, got a whole number",
        "  model.ofline: unknown key; did you mean 'offline'?",
        "  audio.agent_channel: expected 'left' or 'right', got 'lefft'",
        "  rules.packs[0]: expected a path in quotes, got 1",
        "  engine.escalaton: unknown key; did you mean 'escalation'?",
        "  engine.cards.wait_s: expected a number, got text in quotes",
        "  engine.cards.glnce_s: unknown key; did you mean 'glance_s'?",
        "The README lists every setting.",
    ]


def test_every_figure_out_of_range_is_told_at_once() -> None:
    wrong = config.Settings(engine={"escalation": {"half_life_s": 0, "conduct": []}})
    with pytest.raises(InputError) as caught:
        engine_settings(wrong)
    assert str(caught.value).splitlines() == [
        "Settings: 2 mistakes.",
        "  engine.escalation.half_life_s: expected 1 to 7200 s, not 0",
        "  engine.escalation.conduct: 0 values, expected 5",
        "The README lists every setting.",
    ]


def test_file_that_is_not_text_is_an_input_error(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        config.load(file)


def test_environment_moves_each_folder(tmp_path: Path) -> None:
    paths = Paths.of(
        {
            "COACH_DATA_HOME": str(tmp_path / "d"),
            "COACH_CACHE_HOME": str(tmp_path / "c"),
            "COACH_CONFIG_HOME": str(tmp_path / "s"),
        }
    )
    assert paths.calls == tmp_path / "d" / "calls"
    assert paths.models == tmp_path / "c" / "models"
    assert paths.settings == tmp_path / "s" / "settings.toml"


def test_folders_are_the_platforms_own_by_default() -> None:
    paths = Paths.of({})
    assert all(p.name == "coach" or "coach" in p.parts for p in (paths.data, paths.cache))


def test_the_agents_name_reaches_the_engine() -> None:
    assert engine_settings(config.Settings(agent="Anna")).agent_name == "Anna"


def test_mistake_in_the_engines_section_names_the_key() -> None:
    wrong = config.Settings(engine={"escalation": {"nonsense": 1}})
    with pytest.raises(InputError, match="nonsense"):
        engine_settings(wrong)
