"""How many threads read and decode pictures, where nobody says."""

import os

# Each core may decode; more than 8 threads wait for the disk, and for each other.
WORKERS = max(2, min(8, os.cpu_count() or 2))
