"""The screens: one live screen, and what opens over it."""
