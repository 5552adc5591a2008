"""One module for each tab of the page: widgets and figures, no reckoning."""
