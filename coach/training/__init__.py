"""How the shipped model of distress is made; nothing here runs during a call."""
