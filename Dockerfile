# The first command of README in a container:
#
#     docker build -t seqtune . && docker run --rm seqtune
#
# Your own data and runs:
#
#     docker run --rm --user "$(id -u)" -v "$PWD:/home/seqtune" seqtune fit data.csv --task forecast
#
# A bundle needs less: `seqtune export` writes a smaller image for it.
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 SEQTUNE_CACHE=/tmp/seqtune
WORKDIR /opt/seqtune
COPY pyproject.toml README.md LICENSE ./
COPY seqtune seqtune
COPY recipes recipes
RUN pip install --no-cache-dir '.[excel,export,serve,sql]' \
    && useradd --create-home seqtune
USER seqtune
WORKDIR /home/seqtune
COPY --chown=seqtune data data
ENTRYPOINT ["seqtune"]
CMD ["fit", "data/shops.csv", "--task", "forecast", "--target", "sales", "--future", "promotion", "--budget", "60s"]
