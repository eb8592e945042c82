"""What a trained model is used for: the file, prediction."""
