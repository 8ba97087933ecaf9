"""Spoken English made comparable, and the language in which rules write phrases.

``spelling``  word tables: contractions, spellings, hesitations
``normalise`` the same words, however they were transcribed
``patterns``  the phrase language
"""
