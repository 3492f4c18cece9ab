"""Serving language models: memory, batching and the queues behind them."""
