"""Sound as samples.

``chunks``   the unit of sound inside the program
``resample`` any rate brought to 16 kHz
``tape``     the last seconds of a channel
``tempo``    another speed, the same pitch
"""
