"""A past call made ready for review, and what reviewers say of it."""
