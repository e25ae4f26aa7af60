"""The sample project is a project of its own: `test_sample_project.py` runs its tests, and ours must not collect them."""

collect_ignore = ["project"]
