"""What can be set is declared: its unit, its bounds, its usual value and what it means."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from every_row import every_row

import audio
import coach.engine
from coach.engine.engine import EngineSettings
from coach.errors import InputError
from coach.startup.config import Settings
from coach.startup.parameters import GROUPS, Parameter, every_parameter, settable
from coach.startup.settable import lines_of
from coach.startup.setup import engine_settings


@functools.cache
def by_path() -> dict[str, Parameter]:
    return {parameter.path: parameter for parameter in every_parameter()}


def figures() -> Iterator[Parameter]:
    return (p for p in by_path().values() if "number" in p.kind and not p.path.endswith(".level"))


def bounded() -> Iterator[Parameter]:
    return (p for p in settable() if p.least is not None and "[" not in p.path and not p.size)


def nested(path: str, value: Any) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    return {first: nested(rest, value) if rest else value}


@every_row(figures)
def test_every_figure_has_bounds_and_a_usual_value_within_them(parameter: Parameter) -> None:
    assert parameter.least is not None
    assert parameter.most is not None
    usual = parameter.default if isinstance(parameter.default, tuple) else (parameter.default,)
    for one in usual:
        assert one is None or parameter.least <= one <= parameter.most
    assert None not in usual or parameter.optional


def test_every_setting_says_what_it_means_and_every_span_its_unit() -> None:
    quiet = [
        p.path
        for p in settable()
        if not p.meaning and not p.path.startswith("engine.escalation.steps[].level")
    ]
    assert quiet == []
    unitless = [p.path for p in every_parameter() if p.path.endswith("_s") and p.unit != "s"]
    assert unitless == []


def test_one_setting_in_full() -> None:
    wait = by_path()["engine.cards.wait_s"]
    assert (wait.kind, wait.unit, wait.least, wait.most) == ("number", "s", 0, 600)
    assert wait.default == 12.0
    assert wait.bounds == "0 to 600 s"
    assert wait.meaning.startswith("Seconds a card waits for the place")
    held = by_path()["engine.ladder.held_s"]
    assert (held.optional, held.default) == (True, None)
    heat = by_path()["engine.escalation.conduct"]
    assert (heat.size, heat.unit, heat.default) == (5, "heat", (0.0, 0.8, 1.8, 3.2, 5.0))
    assert by_path()["engine.escalation.steps[].enter"].default == (0.9, 2.2, 4.0, 8.0)
    assert by_path()["engine.ladder.offences"].kind == "list of texts"
    level = by_path()["engine.escalation.steps[].level"]
    assert level.kind == "whole number"
    assert (
        lines_of(level)[0] == "engine.escalation.steps[].level: whole number   usually 1, 2, 3, 4"
    )
    assert lines_of(heat)[0].endswith("0 to 100 heat   usually 0, 0.8, 1.8, 3.2, 5")
    assert by_path()["listening.track.sure.steps[].1"].bounds == "0 to 1 of 1"


def test_no_settings_of_engine_or_audio_are_left_out() -> None:
    listed = {type(group()).__name__ for group in GROUPS.values()}
    nested_in: set[str] = set()

    def gather(value: object) -> None:
        rows = value if isinstance(value, tuple) else (value,)
        for one in rows:
            if isinstance(one, msgspec.Struct):
                nested_in.add(type(one).__name__)
                for name in one.__struct_fields__:
                    gather(getattr(one, name))

    for group in GROUPS.values():
        gather(group())
    declared: set[str] = set()
    for package in (audio, coach.engine):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            declared |= {n for n in vars(module) if n.endswith("Settings")}
    assert declared <= listed | nested_in


@every_row(bounded)
def test_a_figure_out_of_range_is_refused_in_one_clear_line(parameter: Parameter) -> None:
    key = parameter.path.removeprefix("engine.")
    for value in (parameter.least - 1, parameter.most + 1):
        with pytest.raises(InputError) as caught:
            engine_settings(Settings(engine=nested(key, value)))
        assert caught.value.message == (
            f"Settings: {parameter.path}: expected {parameter.bounds}, not {value:g}."
        )


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        ({"cards": {"wait_s": float("nan")}}, "engine.cards.wait_s: expected 0 to 600 s"),
        (
            {"cards": {"wait_s": "long"}},
            "engine.cards.wait_s: expected a number, got text in quotes",
        ),
        ({"cards": {"wait": 9}}, "engine.cards.wait: unknown key"),
        ({"escalation": {"conduct": [0, 1]}}, "engine.escalation.conduct: 2 values, expected 5"),
        ({"escalation": {"conduct": [0, 1, 2, 3, -4]}}, "engine.escalation.conduct[4]: expected"),
        ({"mood": {"doubt_below": 0.8}}, "doubt_below must be below sure_from"),
    ],
)
def test_any_other_mistake_names_its_place(engine: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        engine_settings(Settings(engine=engine))
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_levels_keep_their_order_and_leave_below_where_they_enter() -> None:
    steps = msgspec.to_builtins(EngineSettings().escalation.steps)
    for changed, words in (
        ([steps[1], steps[0], *steps[2:]], "in order"),
        ([{**steps[0], "leave": 5.0}, *steps[1:]], "must not be above enter"),
    ):
        with pytest.raises(InputError, match=words):
            engine_settings(Settings(engine={"escalation": {"steps": changed}}))
