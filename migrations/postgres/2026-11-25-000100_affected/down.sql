DROP INDEX upload_chunks_batches;
DROP TABLE affected_graphs;
DROP TABLE affected_uploads;
