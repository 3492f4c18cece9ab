"""Other systems behind one protocol, each imported only when it is asked for."""
