"""As little of Django as answers from the same database over lasting connections."""

import os

from environs import Env

DATABASES = {"default": Env().dj_db_url("DATABASE_URL", conn_max_age=None)}
ROOT_URLCONF = "bench.bare.view"
ALLOWED_HOSTS = ["localhost"]
SECRET_KEY = os.urandom(32).hex()
USE_TZ = True
