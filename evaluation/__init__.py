"""How good a model is: scores, plots, pictures."""
