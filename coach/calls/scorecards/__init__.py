"""Scorecards: forms as data, filled in for a call, kept beside its journal.

Read ``form`` first. ``scoring`` computes what a filled-in form comes to, ``automatic`` answers
questions from a journal, ``scorecard`` keeps the lines in ``CALL.scores.ndjson``, ``sampling``
draws calls to be scored, ``agreement`` tells how far reviewers agree.
"""
