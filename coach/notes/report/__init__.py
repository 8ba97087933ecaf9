"""Reports of one call and of an agent's calls: what they hold, and how they are written.

``call_report``     all that the report of one call holds
``call_page``       it as an HTML page, with ``time_line_svg`` for its time line
``call_text``       it as Markdown
``agent_report``    all that the report of an agent's calls holds
``agent_page``      it as an HTML page
``agent_text``      it as Markdown
``card_effects``    which cards help, written by ``cards_text``
``intervals``       how far a figure from so many calls can be trusted, in ``trend_words``
``page``            what every page shares; ``phrases`` what pages and Markdown share

Pure: ``coach.calls.reports`` fills them from journals.
"""
