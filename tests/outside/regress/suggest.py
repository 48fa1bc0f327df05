from seqtune.progress import Assumption


def suggest(source, recipe):
    source.require(recipe.values.data.target, "--target")
    return [Assumption("target", recipe.values.data.target, "the recipe", "--target COLUMN")]
