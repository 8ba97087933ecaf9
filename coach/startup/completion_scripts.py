"""Completion scripts for shells, made from the command line's own parsers.

The parsers become a table first: for each command, the words that may follow it and, for each
option that takes a value, the values. The scripts only look things up in that table, so they
cost nothing until they are used and cannot say what the parsers do not.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Iterator

import msgspec


class Completion(msgspec.Struct, frozen=True):
    """Something that may be typed."""

    text: str
    help: str = ""


class CompletionPlace(msgspec.Struct, frozen=True, kw_only=True):
    """What may follow one command."""

    path: str
    """The words that lead here, ``coach rules list``."""
    words: tuple[Completion, ...]
    """Subcommands, options and the values of arguments."""
    values: dict[str, tuple[str, ...]]
    """By option that takes a value: the values; none means a file or free text."""


Table = tuple[CompletionPlace, ...]


def table_of(parser: argparse.ArgumentParser) -> Table:
    """The table of a parser and of all below it."""
    return tuple(_places(parser, parser.prog))


def _places(parser: argparse.ArgumentParser, path: str) -> Iterator[CompletionPlace]:
    words: list[Completion] = []
    values: dict[str, tuple[str, ...]] = {}
    below: list[tuple[argparse.ArgumentParser, str]] = []
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001
            words += [Completion(name, helps.get(name, "")) for name in action.choices]
            below += [(sub, f"{path} {name}") for name, sub in action.choices.items()]
        elif action.option_strings:
            words += [Completion(option, action.help or "") for option in action.option_strings]
            if action.nargs != 0:
                choices = tuple(str(choice) for choice in action.choices or ())
                values |= dict.fromkeys(action.option_strings, choices)
        else:
            words += [Completion(str(choice)) for choice in action.choices or ()]
    yield CompletionPlace(path=path, words=tuple(words), values=values)
    for sub, name in below:
        yield from _places(sub, name)


def bash_script(table: Table) -> str:
    """The script for bash."""
    return _BASH.replace("@PLACES@", _places_in_bash(table)).replace("@VALUES@", _values(table))


def zsh_script(table: Table) -> str:
    """The script for zsh, over its own emulation of bash's functions."""
    return f"autoload -Uz bashcompinit && bashcompinit\n{bash_script(table)}"


def fish_script(table: Table) -> str:
    """The script for fish."""
    lines = ["complete -c coach -e"]
    for place in table:
        below = [word.text for word in place.words if not word.text.startswith("-")]
        seen = [f"__fish_seen_subcommand_from {word}" for word in place.path.split()[1:]]
        unseen = [f"not __fish_seen_subcommand_from {' '.join(below)}"] if below else []
        at = f"-n '{'; and '.join([*seen, *unseen]) or 'true'}'"
        if below:  # something is known to follow, so no file is
            lines.append(f"complete -c coach {at} -f")
        lines += [f"complete -c coach {at} {_fish_word(place, word)}" for word in place.words]
    return "\n".join(lines) + "\n"


def _fish_word(place: CompletionPlace, word: Completion) -> str:
    told = f" -d {_fish_quoted(word.help.replace('%%', '%'))}" if word.help else ""
    if not word.text.startswith("-"):
        return f"-a {word.text}{told}"
    kind = f"-l {word.text[2:]}" if word.text.startswith("--") else f"-s {word.text[1:]}"
    known = place.values.get(word.text)
    if known is None:
        return f"{kind}{told}"
    return f"{kind} -x -a '{' '.join(known)}'{told}" if known else f"{kind} -r{told}"


SHELLS: dict[str, Callable[[Table], str]] = {
    "bash": bash_script,
    "zsh": zsh_script,
    "fish": fish_script,
}
"""Every shell and what writes its script."""


def _places_in_bash(table: Table) -> str:
    lines = []
    for place in table:
        plain = " ".join(word.text for word in place.words if not word.text.startswith("-"))
        options = " ".join(word.text for word in place.words if word.text.startswith("-"))
        key, plain, options = (shlex.quote(text) for text in (place.path, plain, options))
        lines.append(f"        {key}) plain={plain}; options={options} ;;")
    return "\n".join(lines)


def _values(table: Table) -> str:
    lines = []
    for place in table:
        for option, known in place.values.items():
            key = shlex.quote(f"{place.path} {option}")
            lines.append(f"        {key}) values={shlex.quote(' '.join(known))}; valued=1 ;;")
    return "\n".join(lines)


def _fish_quoted(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"


_BASH = """\
_coach() {
    local path=coach plain="" options="" values="" valued="" word index
    local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
    for ((index = 1; index < COMP_CWORD; index++)); do
        word="${COMP_WORDS[index]}"
        _coach_place "$path $word"
        if [ -n "$options" ]; then path="$path $word"; fi
    done
    _coach_values "$path $before"
    _coach_place "$path"
    if [ -n "$valued" ]; then
        COMPREPLY=($(compgen -W "$values" -- "$current"))
    elif [ "${current#-}" != "$current" ]; then
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    else
        COMPREPLY=($(compgen -W "$plain" -- "$current"))
    fi
}
_coach_place() {
    plain="" options=""
    case "$1" in
@PLACES@
    esac
}
_coach_values() {
    case "$1" in
@VALUES@
    esac
}
complete -o default -F _coach coach
"""
