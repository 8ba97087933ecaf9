"""What the screen answers to a key: what came of it, or why it does not fit."""

from __future__ import annotations

from coach.events import Action
from coach.snapshot import Card, Snapshot
from tui.wording import begins, stays

NOT_READY = "Taken; it is done as soon as the replay begins."
OVER = "The call is over."
JUST_LEFT = "That card had just left; this key changed nothing."
JUST_CAME = "A card has just come up. Press again to answer it."
LOOKING_BACK = "Shown here only: keys pressed while looking back are not kept."

_DONE: dict[Action, str] = {
    Action.USED: "Noted: used.",
    Action.DISMISS: "Dismissed.",
    Action.ACKNOWLEDGE: "Acknowledged.",
    Action.MUTE_RULE: "This rule stays quiet for the rest of the call.",
    Action.MARK_WRONG: "Marked wrong, for whoever tunes the rules.",
    Action.SWAP_CHANNELS: "Sides swapped.",
    Action.END: "Ending the call …",
}
NOT_KEPT: dict[Action, str] = {
    Action.USED: "Used, here only: no journal is kept.",
    Action.MARK_WRONG: "Dismissed, here only: no journal is kept. `coach review` keeps marks.",
}
"""The same where nothing is written down."""
OF_ITS_CARD = frozenset({Action.NEXT_WORDING, Action.MUTE_RULE})
"""Keys that would touch the card that has come instead of the one that was meant."""


def done(action: Action, snapshot: Snapshot | None) -> str:
    """What came of a key; empty where the screen shows it by itself."""
    if snapshot is None:
        return "Sides swapped." if action is Action.SWAP_CHANNELS else NOT_READY
    if snapshot.looking_back and action is not Action.END:
        return LOOKING_BACK
    if not snapshot.journalled and action in NOT_KEPT:
        return NOT_KEPT[action]
    return _DONE.get(action, "")


def no_call(snapshot: Snapshot | None) -> str:
    """Why a key of the call does nothing before it."""
    if snapshot is None:
        return "No call is on yet; Coach is getting ready."
    return f"No call is on yet. It {begins(snapshot)}."


def refusal(action: Action, card: Card) -> str:
    """Why a key does not fit this card; empty if it does."""
    if action is Action.ACKNOWLEDGE and not stays(card):
        return "a is for cards that stay. For this one: u used, d dismiss."
    if action is Action.DISMISS and stays(card):
        return "This card stays until you press a."
    if action is Action.MUTE_RULE and stays(card):
        return "A card that stays cannot be hidden. w marks it wrong."
    return ""
