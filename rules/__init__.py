"""What to notice and what to say: the rule model, its loader, matcher and packs."""
