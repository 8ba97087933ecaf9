"""A call once more: a recording or a journal, played through the same engine."""
