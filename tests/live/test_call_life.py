"""The life of a call, cell by cell: this table is its specification."""

from __future__ import annotations

from every_row import every_row

from coach.live.call_life import LIFE, Deed, Happening, Phase

W, C, P, E, S = Phase.WAITING, Phase.IN_CALL, Phase.PAUSED, Phase.ENDING, Phase.SETTLING
SAME = None

SPECIFICATION = {
    #                          waiting                in call                   paused
    #                          ending                          settling
    Happening.BEGIN_KEY: [(Deed.BEGIN, C), (Deed.IGNORE, C), (Deed.IGNORE, P),
                          (Deed.CLOSE_AND_BEGIN, C), (Deed.BEGIN, C)],
    Happening.END_KEY: [(Deed.IGNORE, W), (Deed.FINISH, E), (Deed.FINISH, E),
                        (Deed.IGNORE, E), (Deed.IGNORE, S)],
    Happening.PAUSE_KEY: [(Deed.IGNORE, W), (Deed.PAUSE, P), (Deed.IGNORE, P),
                          (Deed.IGNORE, E), (Deed.IGNORE, S)],
    Happening.RESUME_KEY: [(Deed.IGNORE, W), (Deed.TELL, C), (Deed.RESUME, C),
                           (Deed.IGNORE, E), (Deed.IGNORE, S)],
    Happening.SWAP_KEY: [(Deed.SWAP, W), (Deed.SWAP_AND_TELL, C), (Deed.SWAP_AND_TELL, P),
                         (Deed.SWAP_AND_TELL, E), (Deed.SWAP, S)],
    Happening.CARD_KEY: [(Deed.IGNORE, W), (Deed.TELL, C), (Deed.TELL, P),
                         (Deed.TELL, E), (Deed.IGNORE, S)],
    Happening.SOUND: [(Deed.WATCH, W), (Deed.HEAR, C), (Deed.HEAR_SILENCE, P),
                      (Deed.KEEP, E), (Deed.WATCH, S)],
    Happening.FAR_END_SPEAKS: [(Deed.BEGIN, C), (Deed.IGNORE, C), (Deed.IGNORE, P),
                               (Deed.IGNORE, E), (Deed.IGNORE, S)],
    Happening.FAR_END_QUIET: [(Deed.IGNORE, W), (Deed.IGNORE, C), (Deed.IGNORE, P),
                              (Deed.IGNORE, E), (Deed.IGNORE, W)],
    Happening.LINE_DEAD: [(Deed.IGNORE, W), (Deed.FINISH, E), (Deed.IGNORE, P),
                          (Deed.IGNORE, E), (Deed.IGNORE, S)],
    Happening.DEVICE_NEWS: [(Deed.SHOW, W), (Deed.TELL, C), (Deed.TELL, P),
                            (Deed.TELL, E), (Deed.SHOW, S)],
    Happening.OWN_DECODE: [(Deed.DROP, W), (Deed.HEAR, C), (Deed.HEAR, P),
                           (Deed.HEAR, E), (Deed.DROP, S)],
    Happening.STRAY_DECODE: [(Deed.DROP, W), (Deed.DROP, C), (Deed.DROP, P),
                             (Deed.DROP, E), (Deed.DROP, S)],
    Happening.LAST_WORDS: [(Deed.IGNORE, W), (Deed.IGNORE, C), (Deed.IGNORE, P),
                           (Deed.CLOSE, S), (Deed.IGNORE, S)],
    Happening.OUT_OF_TIME: [(Deed.IGNORE, W), (Deed.IGNORE, C), (Deed.IGNORE, P),
                            (Deed.CLOSE_SHORT, S), (Deed.IGNORE, S)],
    Happening.SESSION_CLOSED: [(Deed.IGNORE, W), (Deed.FINISH, E), (Deed.FINISH, E),
                               (Deed.IGNORE, E), (Deed.IGNORE, S)],
}  # fmt: skip
CELLS = [
    (phase, happening, *cell)
    for happening, row in SPECIFICATION.items()
    for phase, cell in zip((W, C, P, E, S), row, strict=True)
]


@every_row(CELLS)
def test_cell(phase: Phase, happening: Happening, deed: Deed, then: Phase) -> None:
    assert LIFE[phase][happening] == (deed, then)


def test_the_table_and_its_specification_are_whole() -> None:
    assert set(SPECIFICATION) == set(Happening)
    assert set(LIFE) == set(Phase)
    assert all(set(row) == set(Happening) for row in LIFE.values())


def test_no_pause_outlives_its_call() -> None:
    """A pause leads back to its call or to its end, and only a call leads into one."""
    reached = {cell.then for cell in LIFE[Phase.PAUSED].values()}
    assert reached == {Phase.PAUSED, Phase.IN_CALL, Phase.ENDING}
    into = {p for p, row in LIFE.items() for c in row.values() if c.then is Phase.PAUSED}
    assert into == {Phase.PAUSED, Phase.IN_CALL}
