"""What a rule is, as frozen data.

``conditions``       what it listens for: a small tree
``exceptions``       how far exceptions reach: over the utterance or their own words
``rule``             condition, timing and card; and the book of all rules
``examples``         the tests that it brings along
``roles``            families, and the roles by which the engine knows rules
``selection``        which rules an id, a family or a role means
``speaker_channels`` on which channels a speaker is listened for
"""
