"""What the colours of a label picture mean: class tables, and the decoding of smeared colours."""
