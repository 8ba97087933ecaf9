"""One module per subcommand of `coach`, imported only when it is run."""
