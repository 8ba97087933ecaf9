"""What to do about it: level, boundaries, record, checklist and the one card."""
