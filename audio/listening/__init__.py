"""Listening to the channels of a call: sound and results in, facts and requests out.

``channel_speech`` one channel: buffer, endpoints, open utterance, level
``effort``         what to give up when the machine cannot keep up
``keeping_up``     what is told of that
``scheduler``      which decode is asked for next
``listener``       both channels, as a pure state machine
``split_listener`` one microphone, as if each of two people had a track
``inline_driver``  listener and recogniser in one thread
``whole_phrases``  what is over already: finals only, decoded together
``health``         a side that is silent while the other speaks
``unheard``        why nothing was heard of a side
"""
