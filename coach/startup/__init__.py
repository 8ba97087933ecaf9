"""From a command line to a running driver: settings, options, checks."""
