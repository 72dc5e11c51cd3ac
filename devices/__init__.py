"""Device drivers, links and simulators."""

API_VERSION = 1
