"""`Dockerfile` of a bundle: a small image that serves it."""

from __future__ import annotations

import platform
import re

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""A name of a file that means the same in any line of a Dockerfile."""

SURPLUS = (
    *("pandas/tests", "numpy/*/tests", "pyarrow/tests", "pyarrow/include", "pyarrow/src"),
    *("pyarrow/libarrow_flight*", "pyarrow/_flight*"),
    *("onnxruntime/transformers", "onnxruntime/quantization", "onnxruntime/tools"),
)
"""Parts of packages that no prediction loads: tests, headers, network protocols, converters."""

TEMPLATE = """\
# unzip {bundle} Dockerfile requirements.txt
# docker build -t seqtune-bundle . && docker run -p 8000:8000 seqtune-bundle
FROM python:{python}-slim
ARG BUNDLE={bundle}
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --no-deps -r requirements.txt \\
    && cd "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \\
    && rm -rf {surplus} \\
    && useradd --system --home-dir /app seqtune
USER seqtune
COPY ${{BUNDLE}} bundle.zip
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", \\
    "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["seqtune", "serve", "bundle.zip", "--host", "0.0.0.0", "--port", "8000"]
"""


def dockerfile(bundle: str) -> str:
    """Return the text of the file.

    Args:
        bundle: Name of the bundle's file.
    """
    name = plain_name(bundle)
    python = ".".join(platform.python_version_tuple()[:2])
    return TEMPLATE.format(bundle=name, python=python, surplus=" \\\n        ".join(SURPLUS))


def plain_name(bundle: str) -> str:
    """Return the name of a file as commands may have it: another one where it is not plain."""
    return bundle if PLAIN.fullmatch(bundle) else "bundle.zip"
