"""Sound in, words and measurements out: capture, recordings, speech detection, transcription."""
