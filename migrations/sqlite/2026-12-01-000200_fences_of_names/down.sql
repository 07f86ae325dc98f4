-- What was carried over stays: numbers only grow.
SELECT 1;
