DROP TABLE deployment_logs;
DROP TABLE deployments;
