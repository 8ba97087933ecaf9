"""Measurements of the parts: hearing, voices, mood, engine, backtests."""
