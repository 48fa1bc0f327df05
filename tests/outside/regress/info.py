from seqtune.tasks._info import Flag, Metric, TaskInfo

INFO = TaskInfo(
    name="regress",
    summary="a number of each row from the other numbers of the row",
    metrics=(Metric("mae", "MAE"),),
    flags=(Flag("target", "data.target", "Column to predict."),),
    synonyms=("regression",),
    needs_data=True,
)
