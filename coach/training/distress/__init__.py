"""How the distress model was made."""
