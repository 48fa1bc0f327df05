from typing import Annotated

from pydantic import Field

from seqtune.recipe.kinds import Text
from seqtune.recipe.reading import Reading
from seqtune.recipe.schema import RecipeSchema


class Data(Reading):
    target: Annotated[str, Text("a column")] = Field("y", description="The column to predict.")


class Schema(RecipeSchema):
    data: Data = Field(default_factory=Data, description="How the file is read.")
