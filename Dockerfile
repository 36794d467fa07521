# Three targets from one source: `build` (thrown away), `nginx` (static files and the way in) and
# `app` (web, worker, migrate; the default). How they fit together: docker-compose.yml.

# Python 3.12: within the lock's 3.11 to 3.13, with security fixes until October 2028. Bookworm, like
# the machines the tests run on.
FROM python:3.12-slim-bookworm AS python
ENV PATH=/srv/classroom/venv/bin:$PATH \
    PYTHONUNBUFFERED=1
WORKDIR /srv/classroom/app


FROM python AS build
RUN python -m venv /srv/classroom/venv
COPY requirements.txt ./
# Debian's ffmpeg takes the place of the one that comes inside a wheel.
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt \
    && find /srv/classroom/venv -path "*/imageio_ffmpeg/binaries/ffmpeg*" -delete
COPY . .
# The settings make keys for themselves here; they stay behind in this stage.
RUN DATA_DIR=/build python manage.py collectstatic --noinput \
    && python -m compileall -q .


FROM nginx:1.28-alpine AS nginx
COPY deploy/nginx /etc/nginx/classroom
COPY --from=build /build/static /srv/classroom/var/static
USER 10001:10001
EXPOSE 8080 8443
CMD ["nginx", "-c", "/etc/nginx/classroom/https.conf", "-g", "daemon off;"]


FROM python AS app
# A pinned ffmpeg would miss Debian's security fixes.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 classroom \
    && useradd --uid 10001 --gid 10001 --home-dir /srv/classroom \
       --shell /usr/sbin/nologin classroom \
    && install -d -o classroom -g classroom \
       /srv/classroom/var /srv/classroom/media /srv/classroom/ytdlp
COPY --from=build /srv/classroom/venv /srv/classroom/venv
COPY --from=build /srv/classroom/app /srv/classroom/app
COPY --from=build /build/static /srv/classroom/var/static
ENV PROFILE=production \
    DATA_DIR=/srv/classroom/var \
    DOWNLOAD_DIR=/srv/classroom/media \
    YTDLP_DIR=/srv/classroom/ytdlp \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "manage.py", "web", "--host", "0.0.0.0", "--port", "8000"]
