"""How the network that tells voices apart was made into its file."""
