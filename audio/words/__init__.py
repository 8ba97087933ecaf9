"""Which of the recogniser's words stand.

``language``    which language a call is in
``doubt``       finals that may be inventions
``passed_over`` committed words that a later decode says nothing in place of
``hypothesis``  words of an open utterance that can be relied on
``finals``      what a final says, given what stood committed
"""
