"""From the tables of a rule file to rules, with every mistake noted.

``problems``         mistakes, collected rather than raised
``ranges``           range and unit that a value's type declares
``entries``          rules as they stand in a file
``condition_tables`` tables become conditions
``build``            an entry becomes a rule
"""
