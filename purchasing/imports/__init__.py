"""What purchasing takes from files: the kinds that ``erp.staging`` stages and loads (settings.IMPORT_KINDS)."""
