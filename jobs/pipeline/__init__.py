"""The steps of the pipeline, one file each; steps.py is the single list of their order."""
