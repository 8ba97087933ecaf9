"""What of the sound is speech, and what is not.

``vad``        whether somebody is speaking, every 32 ms
``endpointer`` where speech begins, pauses and ends
``features``   level, clipping, pitch and spectral tilt
``hold_music`` music and tones on the line
``echo``       the far end in the agent's microphone
"""
