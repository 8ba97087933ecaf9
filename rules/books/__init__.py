"""Whole sets of rules.

``loader``    a book read from packs and changes
``variants``  a book with one rule changed or added
``sets``      the books of a call, each with its matcher
``catalogue`` which cues a book covers
"""
