"""The merged model in the format of sentence-transformers, for use outside of Vouch."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.errors import Conflict
from models.encoders.backbone import load_backbone
from models.encoders.merging import merge_differences
from models.weights.bundle import NO_WEIGHTS, load_weights, weights_folder

COPIED = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "config.json")


def export(weights: str, backbone: Path, out: Path) -> Path:
    """Write the backbone with `weights` merged into it as a SentenceTransformer of mean pooling and normalisation.

    Parameters
    ----------
    weights : str
        Name or folder; ``none`` exports the backbone as it is.
    backbone : Path
        Folder of the untrained model.
    out : Path
        New folder.

    Raises
    ------
    Conflict
        If `out` holds something.
    CorruptStore, NotFound
        If the weights are damaged, missing or of another backbone.
    """
    if out.exists() and any(out.iterdir()):
        raise Conflict(f"{out} is not empty", fix="name a new folder with `--out`")
    model = load_backbone(backbone).model
    if weights != NO_WEIGHTS:
        merge_differences(model, load_weights(weights_folder(weights), backbone / "model.safetensors", "encoder")[1])
    out.mkdir(parents=True, exist_ok=True)
    transformer = out / "transformer"
    model.save_pretrained(str(transformer))
    for name in COPIED:
        if (backbone / name).exists():
            shutil.copyfile(backbone / name, transformer / name)
    assemble(transformer, out, int(model.config.max_position_embeddings))
    shutil.rmtree(transformer)
    return out


def assemble(transformer: Path, out: Path, longest: int) -> None:
    """Let sentence-transformers write its own layout around the saved transformer."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer

    words = Transformer(str(transformer), max_seq_length=longest)
    pooled = Pooling(words.get_embedding_dimension(), pooling_mode="mean")
    SentenceTransformer(modules=[words, pooled, Normalize()], device="cpu").save(str(out), create_model_card=False)
