"""Reports filled from journals: of one call, and of the calls of an agent.

``settled``      a journal's events as they stood once everything was known
``talk``         who spoke when, and what that comes to
``one_call``     the report of one call
``agent_calls``  the report of an agent's calls, each measured by ``call_figures``
``cards``        the cards of a call, shown and kept back
``card_moments``    moments at which rules asked for their cards, to be compared
``cards_of_calls``  the report on cards, with material for ``training``
"""
