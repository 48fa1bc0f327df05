"""The search: a space, an oracle that proposes, executors that train, a study that asks."""
