"""What teams and agents change of the packs, in files of their own.

``value_paths``  where a value stands in a rule
``actions``      set, replace, append, remove
``settable``     all that a change may set
``overlay``      files of changes, applied to entries
``overlay_text`` changes written as such a file
``rule_text``    a rule in lines, before and after
"""
