"""From a question and hits to an answer that is vouched for."""
