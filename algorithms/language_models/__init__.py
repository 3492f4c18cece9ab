"""Language models: probabilities of texts, the objectives that train them and what happens when they feed on themselves."""
