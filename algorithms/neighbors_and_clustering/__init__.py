"""Nearest neighbours, clustering and the assumptions behind them."""
