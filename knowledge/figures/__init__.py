"""The handbook's figures: each is drawn by code from the formula or the data that its article speaks of.

A figure belongs to the article of its name and lies beside it as ``<slug>.svg``. ``python -m knowledge.figures`` draws
all of them again; a test compares the files with what the code draws.
"""
