"""What rules say about themselves, held against what they do.

``testing``      examples and timelines, run
``findings``     a remark on a rule, graded
``never``        conditions that cannot come true
``omissions``    rules about what was not said
``lint_changes`` what changes make dangerous, void or untrue
``lint``         all remarks on a book
"""
