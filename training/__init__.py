"""What a training run is: configuration, plan, loss, scores, pace, the run itself."""

__version__ = "0.1.0"
