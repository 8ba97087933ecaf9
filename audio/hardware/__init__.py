"""Sound devices of this machine: what there is, what it hears, and hearing something on it.

``portaudio``    the one place that touches PortAudio
``pulse``        what a PulseAudio server can give
``devices``      where a call's two sides can be heard
``levels``       how loud sources are right now
``ring``         what lies between a device's callback and the reader
``sample_clock`` the place of a device's sound in call time
``capture``      a live call's sound
``playback``     a recording heard again
"""
