"""Recordings as files: from bytes of any kind to the sides of a call.

``source``     where the bytes lie: a file, a growing file, standard input
``wav``        what a WAV file's chunks say, and what is truly there
``signed_bytes``  whether bytes are signed, where a header says that they are not
``telephone``  headerless kinds that telephone systems write
``heads``      how a file of each kind begins, behind another one too; ``frames`` are those without
``pieces``     the files that were joined to one, each with the way to read it
``container``  a piece opened by FFmpeg, or why it cannot be
``shape``      what a piece says of itself: tracks, lengths, what is no sound
``decode``     blocks of samples, through FFmpeg's decoders
``interleaving``  whether samples are those of one channel or of two by turns
``survey``     levels of every channel, window by window
``relation``   what two channels have in common: a copy, a leak
``faint``      where somebody seems to speak too quietly to be heard
``tones``      what is a pure tone and nobody's speech
``sides``      which channels are taken, and whose they are
``condition``  offset, hum and level put right before anybody listens
``leak``       what each side carries of the other, taken out
``stretch``    sound of a clock that ran fast or slow, at its true speed
``feed``       one track at 16 kHz, treated, in pieces of any size
``contents``   what is in one file; ``stated`` is what it says itself
``sounding``   whether bytes sound as they are read
``misread``    a file whose header lies, read as it is
``looking``    one file opened far enough to know what is in it
``played``     a recording as it is played; ``moments`` are its pieces, channel by channel
``inspection`` what is inside, for somebody who asks
``findings``   what is said about all this
``opening``    all of this: one or two files opened as a call
``alignment``  two sides that began at different times or run at different speeds
"""
