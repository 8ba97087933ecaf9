"""Characters for texts of any kind."""

from __future__ import annotations

from hypothesis import strategies as st

ANY = st.characters(exclude_categories=["Cs"])
"""All that UTF-8 can write, as ``st.text()`` takes them; by their category they are found at once,
by the codec after each of a million was tried.
"""
