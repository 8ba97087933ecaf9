"""Which call is meant: one way for every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.calls.call_files import CallFiles
from coach.calls.named_call import named_call
from coach.errors import InputError


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    for name in ("2026-a", "2026-ab", "2027-c", "2027-d", "2027-e", "2027-f", "2028-g"):
        (folder / f"{name}.jsonl").touch()
    monkeypatch.chdir(tmp_path)
    Path("elsewhere.jsonl").touch()
    Path("2026-ab").touch()
    return folder


@pytest.mark.parametrize(
    ("name", "folder", "call"),
    [
        ("2026-a", "calls", "2026-a"),
        ("2026-ab", "calls", "2026-ab"),
        ("2027-c", "calls", "2027-c"),
        ("2028", "calls", "2028-g"),
        ("2026-a.jsonl", None, None),
        ("elsewhere.jsonl", ".", "elsewhere"),
        ("calls/2026-a.jsonl", "calls", "2026-a"),
    ],
)
def test_a_name_comes_before_a_beginning_and_before_a_file(
    name: str, folder: str | None, call: str | None, library: Path
) -> None:
    if call is None or folder is None:
        with pytest.raises(InputError, match="no such journal"):
            named_call(name, library)
    else:
        found = named_call(name, library)
        assert CallFiles(found.folder.resolve(), found.call) == CallFiles(
            Path(folder).resolve(), call
        )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("2027", "4 calls begin with '2027': 2027-c, 2027-d, 2027-e, ... Write more of the name."),
        ("2027-z", "There is no call '2027-z' in the library, and no such journal. Did you mean"),
        ("", "There is no call '' in the library, and no such journal. `coach calls --kind all`"),
        (
            "refund",
            (
                "There is no call 'refund' in the library, and no such journal. `coach calls "
                "--kind all` lists every call by its name; `coach calls --said WORDS` those in"
            ),
        ),
        ("../elsewhere", "There is no call '../elsewhere' in the library"),
    ],
)
def test_no_call_or_several_is_one_clear_line(name: str, text: str, library: Path) -> None:
    with pytest.raises(InputError) as caught:
        named_call(name, library)
    assert str(caught.value).startswith(text)
