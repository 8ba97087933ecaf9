"""What a supervisor sees while a rule is tuned, and what they may do."""
