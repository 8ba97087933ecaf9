"""One value of one rule over its whole range: what every setting of it would do in kept calls."""
