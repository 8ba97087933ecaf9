"""From sound to words with times and confidence.

``model``           the speech model's files, verified
``decoding``        what is asked of the recogniser, and what comes back
``encoder``         samples to what the decoder attends to
``words_of_tokens`` tokens to words
``loops``           where a decoder repeats itself
``looks``           second tries
``packing``         phrases joined into one window
``transcriber``     the recogniser
"""
