"""Which rules an old call is replayed with: those it had, or those that somebody asks for."""

from __future__ import annotations

import msgspec

from coach.calls.about import CallKind
from coach.calls.call import Setup
from coach.calls.facts_again import recorded_settings
from coach.calls.journal import Journal
from coach.calls.kept_rules import rules_of_call
from coach.events import RulesChanged
from coach.meaning.listening import MeaningListener
from coach.notes.timeline_text import clock_in_tenths
from coach.startup.config import Settings
from coach.startup.rules_in_force import counted
from coach.startup.setup import make_setup, redaction_of


class ReplaySetup(msgspec.Struct, frozen=True, kw_only=True):
    """What a journal is replayed with."""

    setup: Setup
    meaning: MeaningListener | None = None
    """Judges its words anew, where the rules are not those it had."""
    notices: tuple[str, ...] = ()
    """What is missing, in plain sentences."""


def rules_for(
    journal: Journal, settings: Settings, *, in_force: bool, keep_unredacted: bool = False
) -> ReplaySetup:
    """The rules that a call had, kept beside its journal; ``in_force``: those of the settings.

    These stand in as well where its own are not kept. ``keep_unredacted`` masks nothing of a
    journal that was not masked. Raises RulesError or InputError.
    """
    about = msgspec.structs.replace(journal.header.about, kind=CallKind.REHEARSAL, digest="")
    redacted = journal.header.redaction == "masked"
    redaction = redaction_of(settings, keep_unredacted=keep_unredacted)
    if redaction is not None:  # the pauses that a call had stand in its journal
        redaction = msgspec.structs.replace(redaction, pause_for_card=False)
    own = None if in_force else rules_of_call(journal)
    if own is None or own.first is None:
        changed = any(isinstance(fact, RulesChanged) for fact in journal.facts())
        # What was judged for the rules that a call changed to has to be judged again.
        judged_for = "" if in_force and changed else journal.header.rules
        made = make_setup(settings, judged_for=judged_for)
        other = journal.header.rules != made.book.fingerprint
        missing = "the rules it had are not kept beside it" if own is not None and other else ""
        setup = msgspec.structs.replace(
            made,
            settings=recorded_settings(journal),
            meaning=None,
            encoder=made.encoder or journal.header.encoder,
            about=about,
            redaction=redaction,
            redacted=redacted,
            others=() if own is None or other else own.others,
            notices=(*journal.header.notices, *([missing] if missing else [])),
        )
        return ReplaySetup(setup=setup, meaning=made.meaning)
    notices = tuple(
        f"the rules it changed to at {clock_in_tenths(one.at)} are not kept beside it; "
        "those before them go on"
        for one in own.missing
    )
    setup = Setup(
        book=own.first,
        rules=f"those the call had; {counted(own.first)}",
        settings=recorded_settings(journal),
        others=own.others,
        about=about,
        redaction=redaction,
        redacted=redacted,
        encoder=journal.header.encoder,
        model=journal.header.model,
        hearing=journal.header.hearing,
        notices=(*journal.header.notices, *notices),
    )
    return ReplaySetup(setup=setup, notices=notices)
