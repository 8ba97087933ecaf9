"""Calls in the forms that other tools read: Contact Lens JSON, a table with the columns of its
data lake, and captions. Everything is computed from a journal alone; nothing here reads or writes.
"""
