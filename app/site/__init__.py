"""The documentation site: pages generated from the handbook and the algorithms, rendered by MkDocs (``make docs``)."""
