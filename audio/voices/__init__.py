"""Whose voice it is: one mixed track taken apart into two people.

``fingerprint`` turns sound into figures of the voice, ``two_voices`` tells two apart by them, and
``two_views`` by how each arrives as well. ``turns`` says who speaks when and ``both_talk`` where
both do, ``split`` gives a recording of one track two sides. ``live_turns`` and ``live_split`` do
it for a microphone, as the call goes on (``audio.listening.split_listener``); ``trace`` gives them
what they go by.
``side_voices`` follows the voices where each person has a track: ``side_company`` and
``more_voices`` tell of one too many, with ``handed_over`` where words announce it,
``side_exchange`` of an exchange. ``third_voice`` does the first for one track, ``changed`` says
whether one person who changes may be two; ``counted`` tells it all without hearing words.
"""
