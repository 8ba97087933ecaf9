"""What to notice and what to say, in rooms that a rule goes through from bottom to top.

``phrases``    spoken English made comparable, and the language in which phrases are written
``definition`` what a rule is, as frozen data
``reading``    from the tables of a file to rules, every mistake at once
``matching``   which conditions hold in an utterance
``changes``    what a team or an agent changes of the packs
``books``      whole sets of rules: read, varied, each with its matcher
``checking``   what rules say about themselves, held against what they do
``packs``      the rules as they ship
"""
