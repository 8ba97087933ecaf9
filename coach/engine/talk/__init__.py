"""What the call sounds like: turns, voices, words, mood and distress."""
