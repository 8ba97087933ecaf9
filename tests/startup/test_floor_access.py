"""How the settings lead to a broker, and every way in which they do not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest

from coach.errors import DeviceError, InputError
from coach.startup import floor_access as module
from coach.startup.config import FloorSettings, Settings, load
from coach.startup.floor_access import FloorAccess, agent_on_floor, floor_access


def access(**floor: object) -> FloorAccess:
    plain = {"broker": "localhost", "tls": False}
    return floor_access(Settings(floor=msgspec.convert(plain | floor, FloorSettings)))


@pytest.mark.parametrize(
    ("broker", "tls", "host", "port", "name"),
    [
        ("localhost", True, "localhost", 8883, "localhost:8883"),
        ("localhost", False, "localhost", 1883, "localhost:1883"),
        ("localhost:9001", True, "localhost", 9001, "localhost:9001"),
        ("[::1]:9001", False, "::1", 9001, "[::1]:9001"),
    ],
)
def test_a_broker_is_a_host_and_perhaps_a_port(
    broker: str, host: str, port: int, name: str, *, tls: bool
) -> None:
    found = access(broker=broker, tls=tls)
    assert (found.host, found.port, found.name) == (host, port, name)
    assert (found.tls is not None) is tls
    assert not found.open_to_others


def test_only_what_crosses_a_network_in_the_clear_is_open_to_others() -> None:
    assert access(broker="floor").open_to_others
    assert not access(broker="floor", tls=True).open_to_others


@pytest.mark.parametrize(
    ("floor", "message"),
    [
        (
            {"broker": ""},
            ('The settings name no broker. Set broker = "HOST" or "HOST:PORT" under [floor]; '
            "docs/floor.md shows how."),
        ),
        *(
            (
                {"broker": wrong},
                f'floor.broker: {wrong!r} is no broker. Write "HOST" or "HOST:PORT".',
            )
            for wrong in ("mqtt://host", "host:port", "host:99999", "me@host", "host/path", ":1883")
        ),
        *(
            (
                {"topic": wrong},
                (f"floor.topic: {wrong!r} is no beginning of topics. It may have levels (a/b), but "
                "no + # $, and no / at either end."),
            )
            for wrong in ("", "/a", "a/", "a/+/b", "#", "$SYS")
        ),
        (
            {"password_file": "secret", "password_env": "SECRET"},
            "[floor] names both password_file and password_env. Leave one of them out.",
        ),
        (
            {"password_env": "ABSENT_HERE"},
            ("floor.password_env: the environment variable ABSENT_HERE is not set. "
            "Set it where Coach is started, or name a password_file."),
        ),
        (
            {"password_file": "absent"},
            ("floor.password_file: absent cannot be read: No such file or directory. "
            "Check its name and its permissions; its first line is the password."),
        ),
        (
            {"password_file": "empty"},
            "floor.password_file: empty holds no password. It is the file's first line.",
        ),
        (
            {"tls": True, "key": "some.key"},
            "[floor] names a key without a certificate. Set certificate as well.",
        ),
        (
            {"tls": True, "ca": "absent.pem"},
            ("floor.ca: absent.pem cannot be used: there is no such file. "
            "Name the certificate of who signed the broker's, in PEM."),
        ),
        (
            {"tls": True, "ca": "empty"},
            ("floor.ca: empty cannot be used: it is no certificate. "
            "Name the certificate of who signed the broker's, in PEM."),
        ),
        (
            {"tls": True, "certificate": "empty"},
            ("floor.certificate: empty cannot be used: it is no certificate. Certificate and key "
            "must be in PEM, belong together and need no passphrase."),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_line(
    floor: dict[str, object], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").write_text("\n")
    for name in ("ca", "certificate", "key", "password_file"):
        if name in floor:
            floor[name] = Path(str(floor[name]))
    with pytest.raises(InputError) as refused:
        access(**floor)
    assert str(refused.value) == message


def test_a_password_comes_from_a_file_or_the_environment_and_shows_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = "FLOOR_PASSWORD"
    monkeypatch.setenv(variable, "sesame")
    (tmp_path / "password").write_text("open\nanother line\n", encoding="utf-8")
    for found, password in (
        (access(password_env=variable, user="agents"), "sesame"),
        (access(password_file=tmp_path / "password"), "open"),
    ):
        assert found.password is not None
        assert found.password.reveal() == password
        assert password not in f"{found} {found!r} {found.password}"


def test_the_client_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(DeviceError) as refused:
        access()
    assert str(refused.value) == (
        "The floor needs an MQTT client. Install it: pip install 'callcoach[floor]'."
    )


def test_a_floor_must_know_whose_calls_they_are() -> None:
    assert agent_on_floor(Settings(agent=" Anna ")) == "Anna"
    with pytest.raises(InputError) as refused:
        agent_on_floor(Settings())
    assert str(refused.value) == (
        'The floor would not know whose calls these are. Set agent = "..." in the settings.'
    )


def test_files_are_meant_from_where_the_settings_lie(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[floor]\nca = "ca.pem"\npassword_file = "secret"\n', encoding="utf-8")
    floor = load(file).floor
    assert (floor.ca, floor.password_file) == (tmp_path / "ca.pem", tmp_path / "secret")
    file.write_text('[floor]\nbrokr = "x"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"floor\.brokr: unknown key; did you mean 'broker'\?"):
        load(file)


@pytest.mark.broker
def test_a_certificate_with_a_passphrase_is_refused_without_a_question(tmp_path: Path) -> None:
    made = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
        "-passout", "pass:abcd", "-keyout", "own.key", "-out", "own.pem", "-subj", "/CN=x",
    ]  # fmt: skip
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    own, key = tmp_path / "own.pem", tmp_path / "own.key"
    with pytest.raises(InputError, match="need no passphrase"):
        access(tls=True, ca=own, certificate=own, key=key)
