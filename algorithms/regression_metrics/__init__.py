"""Error measures of regression and forecasts."""
