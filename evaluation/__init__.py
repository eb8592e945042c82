"""How good a model is, in words and pictures; the picture of its network; the sheet of `check`."""
