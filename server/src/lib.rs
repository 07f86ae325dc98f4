//! The binary's parts: command line, configuration, routes, API, jobs.
