"""What a training run is: configuration, loss, scores, schedule, loop."""

__version__ = "0.1.0"
