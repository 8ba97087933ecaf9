"""How the sentence encoder was made: lines, network, batches, training, export."""
