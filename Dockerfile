FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY . .
# The static files belong to the image; no database is asked for them.
RUN HASHED_STATIC=1 DATABASE_URL=postgresql://nobody@127.0.0.1/nothing \
    python manage.py collectstatic --no-input --verbosity 0 \
    && useradd --system --no-create-home pegboard \
    && chown -R pegboard var
USER pegboard
EXPOSE 8000
CMD ["python", "-m", "erp.entry", "web", "--bind", "0.0.0.0:8000"]
