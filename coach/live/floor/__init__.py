"""The floor's two ends on a broker: an agent's line to it, and a supervisor's desk."""
