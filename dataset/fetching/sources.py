"""Where well-known data come from, by the name that --data takes.

A SHA-256 proves each file, so an address without encryption and a copy elsewhere are as good.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Archive:
    """A tar file: the same bytes at several addresses, which are tried in turn."""

    addresses: tuple[str, ...]
    sha256: str

    @property
    def name(self) -> str:
        return self.addresses[0].rsplit("/", 1)[-1]


def _at(folders: tuple[str, ...], path: str, sha256: str) -> Archive:
    return Archive(tuple(folder + path for folder in folders), sha256)


# What the makers name, and the server that it leads to.
VOC = ("http://host.robots.ox.ac.uk/pascal/VOC/", "https://thor.robots.ox.ac.uk/pascal/VOC/")
PETS = (
    "https://www.robots.ox.ac.uk/~vgg/data/pets/data/",
    "https://thor.robots.ox.ac.uk/datasets/pets/",
)

# SHA-256 as in torchvision/prototype/datasets/_builtin/voc.py and oxford_iiit_pet.py of PyTorch.
# fmt: off
ARCHIVES: dict[str, tuple[Archive, ...]] = {
    "voc2007": (
        _at(VOC, "voc2007/VOCtrainval_06-Nov-2007.tar",
            "7d8cd951101b0957ddfd7a530bdc8a94f06121cfc1e511bb5937e973020c7508"),
        _at(VOC, "voc2007/VOCtest_06-Nov-2007.tar",
            "6836888e2e01dca84577a849d339fa4f73e1e4f135d312430c4856b5609b4892"),
    ),
    "voc2012": (
        _at(VOC, "voc2012/VOCtrainval_11-May-2012.tar",
            "e14f763270cf193d0b5f74b169f44157a4b0c6efa708f4dd0ff78ee691763bcb"),
    ),
    "oxford-pets": (
        _at(PETS, "images.tar.gz",
            "67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d"),
        _at(PETS, "annotations.tar.gz",
            "52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91"),
    ),
}
# fmt: on

ON_KAGGLE = {
    "cityscapes-pairs": "dansbecker/cityscapes-image-pairs",
    "lyft-carla": "kumaresanmanickavelu/lyft-udacity-challenge",
    "idd-binary": "mitanshuchakrawarty/new-idd-dataset",
}
