# One image for every part of slawatch; the command decides which one it is.
FROM python:3.11-slim

# Forms are printed in Chinese, too.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
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
COPY alerts alerts
COPY appraisal appraisal
COPY policies policies
COPY scenarios scenarios
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

USER slawatch
ENV PYTHONUNBUFFERED=1
ENTRYPOINT ["slawatch"]
CMD ["worker"]
