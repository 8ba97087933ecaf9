"""Measurements of the parts: hearing, engine, mood, voice."""
