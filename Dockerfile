# Every step below is a script that people and the tests run too.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY pyproject.toml requirements-run.lock README.md LICENSE ./
COPY scripts/environment scripts/
COPY aggregator aggregator
RUN LOCK=requirements-run.lock scripts/environment

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --create-home aggregator
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    AGGREGATOR_CONFIG=/data/feeds.yaml
USER aggregator
WORKDIR /data
# feeds.yaml, the store and the published files
VOLUME /data
HEALTHCHECK --interval=5m --timeout=30s --start-period=10m CMD ["aggregate", "health"]
ENTRYPOINT ["aggregate"]
