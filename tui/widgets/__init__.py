"""The widgets of the screen; each shows its own part of a snapshot."""
