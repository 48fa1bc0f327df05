"""The search: a space, an oracle that proposes, an executor that trains, a study that asks and tells."""
