"""Calls in the forms that other tools read: Contact Lens JSON, a table, captions.

Everything is computed from a journal that was read; nothing here reads or writes a file.
"""
