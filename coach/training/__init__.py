"""How the shipped models are made (distress, meaning, voices); nothing here runs during a call."""
