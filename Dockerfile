# One image for web, workers and beat; the work is done by a script that CI runs as well.
FROM python:3.11-slim-bookworm
WORKDIR /srv/kumquat
COPY . .
RUN config/run/install.sh /srv/venv /srv/var && install -d -o 10001 -g 10001 -m 700 /srv/erasures
ENV PATH=/srv/venv/bin:$PATH KUMQUAT_VAR=/srv/var PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8000
CMD ["granian", "--host", "0.0.0.0", "--port", "8000", "--interface", "wsgi", "--http", "1", "--no-ws", \
     "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "10", \
     "config.wsgi:application"]
