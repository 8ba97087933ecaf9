"""Which rules match: conditions over words, over state and over time."""
