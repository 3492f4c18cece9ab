"""Turning what a user names (files, folders, archives, URLs, uploads) into items that can be read one by one."""
