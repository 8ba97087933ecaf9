"""The screens in a browser: a server on this machine for the one who was given its link."""
