"""Sound in, words and measurements out, in rooms that sound goes through from bottom to top.

``samples``     sound as samples: its unit, other rates and speeds
``hardware``    devices of this machine: listed, captured, played on
``recordings``  recordings as files: from bytes of any kind to the sides of a call
``detection``   what of the sound is speech, music or echo, and when
``recognition`` sound to words with times and confidence
``words``       which of these words stand
``voices``      whose voice it is
``listening``   all of it for the channels of a call
"""
