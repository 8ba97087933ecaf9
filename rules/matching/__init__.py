"""Which conditions of a rule hold in an utterance.

``pattern_index``       which patterns may be in a line of words
``slips``               the book's word that an unknown word was probably meant to be
``guards``              negation and reported speech in front of a match
``occurrences``         where patterns occur, and whether they are meant
``near_groups``         where words of several groups stand near each other
``nearest_clauses``     which clause comes nearest to a meaning
``hits``                what was found, as data
``words_listened_for``  what the conditions of a book listen for
``search_again``        what exceptions leave of the words
``matcher``             all of this for a book
``one_cue``             which rule of a family counts where several hear the same words
``evaluate``            a rule decided on one utterance alone
``near_misses``         which rules an utterance comes near by its meaning
"""
