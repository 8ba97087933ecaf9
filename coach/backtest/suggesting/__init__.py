"""Changes of rules proposed from reviewers' marks, with figures; nothing is applied by itself."""
