#!/usr/bin/env bash
# Installs what a server needs and gathers its static files: `install.sh VENV VAR`. The Dockerfile calls it, and CI does too.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=$1
export KUMQUAT_VAR=$2

KUMQUAT_VENV=$venv python3 config/run/bootstrap.py

# Settings want their secrets and addresses even to gather files; these are good for nothing else
export DEMO=0 SECRET_KEY=unused ENCRYPTION_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
export DATABASE_URL=postgresql://unused@localhost/unused REDIS_URL=redis://localhost
"$venv/bin/python" manage.py collectstatic --no-input
