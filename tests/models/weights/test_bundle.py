from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from core.errors import CorruptStore, NotFound
from models.encoders.backbone import load_backbone
from models.encoders.merging import differences, merge_differences
from models.weights.bundle import (
    MANIFEST,
    ROOT,
    WEIGHTS,
    bundled_names,
    load_weights,
    read_manifest,
    save_weights,
    weights_folder,
)
from tests.models.tiny import tiny_backbone

NAME = "encoder.layer.2.output.dense.weight"


@pytest.fixture
def backbone(tmp_path: Path) -> Path:
    return tiny_backbone(tmp_path / "tiny") / "model.safetensors"


@pytest.fixture
def folder(tmp_path: Path, backbone: Path) -> Path:
    tensors = {NAME: torch.full((32, 64), 0.25)}
    save_weights(tmp_path / "mine", tensors, backbone, name="mine", kind="encoder", settings={"steps": 3})
    return tmp_path / "mine"


def test_what_is_written_is_read(folder: Path, backbone: Path) -> None:
    manifest, tensors = load_weights(folder, backbone, "encoder")
    assert manifest.settings == {"steps": 3}
    assert torch.equal(tensors[NAME], torch.full((32, 64), 0.25))


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "manifest"])
def test_damage_is_refused(folder: Path, backbone: Path, damage: str) -> None:
    file = folder / WEIGHTS
    data = bytearray(file.read_bytes())
    if damage == "flip":
        data[-1] ^= 1
        file.write_bytes(data)
    elif damage == "cut":
        file.write_bytes(data[:-100])
    elif damage == "gone":
        file.unlink()
    else:
        (folder / MANIFEST).write_text('{"name": "mine"}', encoding="utf-8")
    with pytest.raises(CorruptStore) as caught:
        load_weights(folder, backbone, "encoder")
    assert "install Vouch again" in caught.value.fix


def test_another_backbone_is_refused(folder: Path, tmp_path: Path) -> None:
    other = tiny_backbone(tmp_path / "other", seed=1) / "model.safetensors"
    with pytest.raises(NotFound, match="another backbone"):
        load_weights(folder, other, "encoder")


def test_another_kind_is_refused(folder: Path, backbone: Path) -> None:
    with pytest.raises(NotFound, match="kind encoder"):
        load_weights(folder, backbone, "cross-encoder")


def test_missing_weights_name_what_there_is() -> None:
    with pytest.raises(NotFound) as caught:
        weights_folder("no-such-weights")
    assert MANIFEST in caught.value.fix


def test_differences_merge_to_the_tuned_weights(backbone: Path) -> None:
    model = load_backbone(backbone.parent).model
    tuned = {NAME: dict(model.named_parameters())[NAME] + torch.randn(32, 64)}
    merge_differences(model, differences(model, tuned))
    torch.testing.assert_close(dict(model.named_parameters())[NAME], tuned[NAME].detach())


def test_half_the_differences_lie_half_way(backbone: Path) -> None:
    model = load_backbone(backbone.parent).model
    before = dict(model.named_parameters())[NAME].detach().clone()
    merge_differences(model, differences(model, {NAME: before + 2.0}, share=0.5))
    torch.testing.assert_close(dict(model.named_parameters())[NAME].detach(), before + 1.0)


def test_a_tensor_that_fits_nothing_is_refused(backbone: Path) -> None:
    model = load_backbone(backbone.parent).model
    for name, shape in (("encoder.layer.9.output.dense.weight", (32, 64)), (NAME, (64, 32))):
        with pytest.raises(CorruptStore, match="lacks"):
            merge_differences(model, {name: torch.zeros(shape)})


def test_what_ships_is_whole_small_and_described() -> None:
    total = 0
    for name in bundled_names():
        folder = ROOT / name
        manifest = read_manifest(folder)
        assert manifest.name == name
        total += (folder / WEIGHTS).stat().st_size
        card = (folder / "card.md").read_text(encoding="utf-8")
        assert "licence" in card
        assert "vouch models train" in card
        assert (folder / "curve.png").is_file()
        assert json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["metrics"]
    assert total <= 16_000_000
