# One image for every part of slawatch; the command decides which one it is.
FROM python:3.11-slim

RUN useradd --system --uid 10001 --create-home slawatch
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY models models
COPY sla sla
COPY sinks sinks
COPY streams streams
COPY wallboard wallboard
COPY policies policies
COPY scenarios scenarios
# setuptools comes with the build's own tools: nothing more is fetched than what the lock names.
RUN pip install --no-cache-dir setuptools && pip install --no-cache-dir --no-deps --no-build-isolation . \
    && pip uninstall --yes setuptools

USER slawatch
ENV PYTHONUNBUFFERED=1
ENTRYPOINT ["slawatch"]
CMD ["worker"]
