"""A bundle as MLflow loads and serves it: this file is the model's code, and goes with it.

MLflow runs it as a script ("models from code"), so that nothing is pickled.
"""

from __future__ import annotations

from typing import Any

from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class BundleModel(PythonModel):  # type: ignore[misc]
    """A bundle: predicts new rows in a DataFrame, and returns the table that `predict` writes."""

    def load_context(self, context: Any) -> None:
        """Open the bundle."""
        import seqtune

        self.bundle = seqtune.load(context.artifacts["bundle"])

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        """Return the predictions for a DataFrame; an empty one is no new data."""
        return self.bundle.predict(model_input if len(model_input) else None)


set_model(BundleModel())
