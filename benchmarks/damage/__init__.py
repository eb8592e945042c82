"""Ways in which a file may be damaged, or be what nobody expects.

    damage = random.choice(OF_PICTURES)
    changed = damage(Path("photos/1.jpg"), random)

Each takes a file and a random generator, changes or replaces the file, and returns its path, which
another name may have taken.
"""

from benchmarks.damage.archives import OF_MODELS, OF_STATES
from benchmarks.damage.files import Damage
from benchmarks.damage.pictures import OF_PICTURES
from benchmarks.damage.texts import OF_JSON, OF_TABLES

__all__ = ["OF_JSON", "OF_MODELS", "OF_PICTURES", "OF_STATES", "OF_TABLES", "Damage"]
