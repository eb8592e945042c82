"""Where pairs of photo and label come from, and how they become batches."""
