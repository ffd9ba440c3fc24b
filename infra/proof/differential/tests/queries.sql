-- The catalogue: a query a line. Each runs in one partition, over the container, and as a request for its plan.

-- Projection
SELECT * FROM c
SELECT c.id, c.n FROM c
SELECT VALUE c.n FROM c
SELECT VALUE c FROM c WHERE c.id = 'i3'
SELECT c.n AS number, c.nested.deep FROM c
SELECT c["id"] FROM c
SELECT VALUE [c.id, c.n] FROM c
SELECT VALUE {"id": c.id, "inner": {"n": c.n}} FROM c
SELECT VALUE {"a": c.missing} FROM c
SELECT VALUE [c.missing, 1] FROM c
SELECT c.missing FROM c
SELECT c.nested.list[1] AS second FROM c
SELECT VALUE c.missing FROM c
SELECT 1 AS one
SELECT VALUE 1 + 2 * 3
SELECT r.id FROM r
SELECT x.id FROM c AS x
SELECT VALUE c.nested FROM c WHERE IS_DEFINED(c.nested)
SELECT VALUE t FROM t IN c.tags
SELECT c.id FROM c WHERE c.id = 'none'

-- Comparison and logic
SELECT c.id FROM c WHERE c.n = 3
SELECT c.id FROM c WHERE c.n != 3
SELECT c.id FROM c WHERE c.n <> 3
SELECT c.id FROM c WHERE c.n > 3
SELECT c.id FROM c WHERE c.n >= 3 AND c.n < 7
SELECT c.id FROM c WHERE c.n < 3 OR c.n > 9
SELECT c.id FROM c WHERE NOT c.flag
SELECT c.id FROM c WHERE NOT (c.n > 3)
SELECT c.id FROM c WHERE c.flag
SELECT c.id FROM c WHERE c.flag = true
SELECT c.id FROM c WHERE c.mixed = null
SELECT c.id FROM c WHERE c.mixed != null
SELECT c.id FROM c WHERE c.mixed = 'text'
SELECT c.id FROM c WHERE c.mixed > 1
SELECT c.id FROM c WHERE c.mixed >= 'a'
SELECT c.id FROM c WHERE c.mixed < true
SELECT c.id FROM c WHERE c.missing = 1
SELECT c.id FROM c WHERE c.missing != 1
SELECT c.id FROM c WHERE NOT (c.missing = 1)
SELECT c.id FROM c WHERE c.missing = 1 OR c.n = 2
SELECT c.id FROM c WHERE c.missing = 1 AND c.n = 2
SELECT c.id FROM c WHERE c.n = '3'
SELECT c.id FROM c WHERE c.nested = {"deep": 3, "list": [3, 4]}
SELECT c.id FROM c WHERE c.nested.list = [3, 4]
SELECT c.id FROM c WHERE c.n IN (1, 3, 99)
SELECT c.id FROM c WHERE c.n NOT IN (1, 3, 99)
SELECT c.id FROM c WHERE c.kind IN ('odd')
SELECT c.id FROM c WHERE c.n BETWEEN 2 AND 4
SELECT c.id FROM c WHERE c.n NOT BETWEEN 2 AND 4
SELECT c.id FROM c WHERE c.name BETWEEN 'b' AND 'd'
SELECT c.id FROM c WHERE c.name LIKE 'a%'
SELECT c.id FROM c WHERE c.name LIKE '_a%'
SELECT c.id FROM c WHERE c.name LIKE '%e'
SELECT c.id FROM c WHERE c.name NOT LIKE '%a%'
SELECT c.id FROM c WHERE c.name LIKE '[a-c]%'
SELECT c.id FROM c WHERE c.name LIKE '%!%%' ESCAPE '!'
SELECT c.id FROM c WHERE "a" = 'a'
SELECT c.id FROM c WHERE true
SELECT c.id FROM c WHERE false
SELECT c.id FROM c WHERE null
SELECT c.id FROM c WHERE 1
SELECT c.id FROM c WHERE undefined

-- Operators
SELECT VALUE c.n + 1 FROM c
SELECT VALUE c.n - 1 FROM c
SELECT VALUE c.n * 2 FROM c
SELECT VALUE c.n / 2 FROM c
SELECT VALUE c.n / 0 FROM c
SELECT VALUE c.n % 3 FROM c
SELECT VALUE -c.n FROM c
SELECT VALUE c.name || '!' FROM c
SELECT VALUE c.n || '!' FROM c
SELECT VALUE c.n & 6 FROM c
SELECT VALUE c.n | 8 FROM c
SELECT VALUE c.n ^ 3 FROM c
SELECT VALUE ~c.n FROM c
SELECT VALUE c.missing ?? 'none' FROM c
SELECT VALUE c.mixed ?? 'none' FROM c
SELECT VALUE c.n > 4 ? 'high' : 'low' FROM c
SELECT VALUE c.n + 'a' FROM c
SELECT VALUE c.name < 'c' FROM c
SELECT VALUE c.n = 3 FROM c

-- Order and windows
SELECT c.id FROM c ORDER BY c.n
SELECT c.id FROM c ORDER BY c.n DESC
SELECT c.id FROM c ORDER BY c.n ASC
SELECT c.name FROM c ORDER BY c.name
SELECT c.id FROM c ORDER BY c.id DESC
SELECT c.id FROM c ORDER BY c.kind, c.n DESC
SELECT * FROM c ORDER BY c.n
SELECT VALUE c.n FROM c ORDER BY c.n
SELECT TOP 3 c.id FROM c ORDER BY c.n
SELECT TOP 0 c.id FROM c ORDER BY c.n
SELECT TOP 2 VALUE c.n FROM c ORDER BY c.n DESC
SELECT c.id FROM c ORDER BY c.n OFFSET 2 LIMIT 3
SELECT c.id FROM c ORDER BY c.n OFFSET 0 LIMIT 2
SELECT c.id FROM c ORDER BY c.n OFFSET 90 LIMIT 2
SELECT c.id FROM c ORDER BY c.n OFFSET 2 LIMIT 0
SELECT c.id FROM c WHERE c.n > 4 ORDER BY c.n
SELECT c.missing FROM c ORDER BY c.missing
SELECT c.sparse FROM c ORDER BY c.sparse
SELECT c.id, c.mixed FROM c ORDER BY c.mixed
SELECT DISTINCT VALUE c.kind FROM c
SELECT DISTINCT c.kind FROM c
SELECT DISTINCT VALUE c.kind FROM c ORDER BY c.kind
SELECT DISTINCT c.kind, c.flag FROM c
SELECT DISTINCT VALUE c.nested FROM c
SELECT DISTINCT VALUE c.missing FROM c

-- Aggregates
SELECT VALUE COUNT(1) FROM c
SELECT VALUE COUNT(c.sparse) FROM c
SELECT VALUE SUM(c.n) FROM c
SELECT VALUE MIN(c.n) FROM c
SELECT VALUE MAX(c.n) FROM c
SELECT VALUE AVG(c.n) FROM c
SELECT VALUE MIN(c.name) FROM c
SELECT VALUE MAX(c.name) FROM c
SELECT VALUE SUM(c.name) FROM c
SELECT VALUE MAX(c.missing) FROM c
SELECT VALUE COUNT(1) FROM c WHERE c.id = 'none'
SELECT COUNT(1) AS count FROM c
SELECT COUNT(1) FROM c
SELECT MIN(c.n) AS least, MAX(c.n) AS most FROM c
SELECT VALUE {"count": COUNT(1)} FROM c
SELECT VALUE COUNT(1) + 1 FROM c
SELECT c.kind, COUNT(1) AS count FROM c GROUP BY c.kind
SELECT c.kind, SUM(c.n) AS total FROM c GROUP BY c.kind
SELECT c.kind, MIN(c.n) AS least, MAX(c.n) AS most, AVG(c.n) AS mean FROM c GROUP BY c.kind
SELECT c.kind, c.flag, COUNT(1) AS count FROM c GROUP BY c.kind, c.flag
SELECT VALUE COUNT(1) FROM c GROUP BY c.kind
SELECT VALUE c.kind FROM c GROUP BY c.kind
SELECT c.sparse, COUNT(1) AS count FROM c GROUP BY c.sparse
SELECT c.kind FROM c GROUP BY c.kind
SELECT VALUE COUNT(1) FROM c JOIN t IN c.tags

-- Arrays, JOIN and subqueries
SELECT c.id, t AS tag FROM c JOIN t IN c.tags
SELECT VALUE t FROM c JOIN t IN c.tags
SELECT c.id FROM c JOIN t IN c.tags WHERE t = 't1'
SELECT c.id, t, l FROM c JOIN t IN c.tags JOIN l IN c.nested.list
SELECT c.id FROM c JOIN t IN c.missing
SELECT c.id FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = 't1')
SELECT c.id FROM c WHERE ARRAY_CONTAINS(c.tags, 't1')
SELECT VALUE ARRAY(SELECT VALUE t FROM t IN c.tags WHERE t != 't1') FROM c
SELECT c.id, (SELECT VALUE COUNT(1) FROM t IN c.tags) AS tags FROM c
SELECT VALUE x.n FROM (SELECT c.n FROM c) AS x

-- Functions
SELECT VALUE ABS(c.signed) FROM c
SELECT VALUE CEILING(c.half) FROM c
SELECT VALUE FLOOR(c.half) FROM c
SELECT VALUE ROUND(c.half) FROM c
SELECT VALUE SIGN(c.signed) FROM c
SELECT VALUE SQRT(c.n) FROM c
SELECT VALUE POWER(c.n, 2) FROM c
SELECT VALUE EXP(0) FROM c
SELECT VALUE LOG(1) FROM c
SELECT VALUE LOG10(100) FROM c
SELECT VALUE SIN(0) FROM c
SELECT VALUE COS(0) FROM c
SELECT VALUE TAN(0) FROM c
SELECT VALUE ATAN(0) FROM c
SELECT VALUE ASIN(0) FROM c
SELECT VALUE DEGREES(0) FROM c
SELECT VALUE RADIANS(0) FROM c
SELECT VALUE ATN2(0, 1) FROM c
SELECT VALUE COT(1) FROM c
SELECT VALUE TRUNC(c.half) FROM c
SELECT VALUE SQUARE(c.n) FROM c
SELECT VALUE CONCAT(c.name, '-', c.kind) FROM c
SELECT VALUE CONCAT(c.name, c.missing) FROM c
SELECT c.id FROM c WHERE CONTAINS(c.name, 'an')
SELECT c.id FROM c WHERE CONTAINS(c.name, 'AN', true)
SELECT c.id FROM c WHERE STARTSWITH(c.name, 'a')
SELECT c.id FROM c WHERE STARTSWITH(c.name, 'A', true)
SELECT c.id FROM c WHERE ENDSWITH(c.name, 'e')
SELECT VALUE LENGTH(c.name) FROM c
SELECT VALUE LOWER(c.name) FROM c
SELECT VALUE UPPER(c.name) FROM c
SELECT VALUE LEFT(c.name, 2) FROM c
SELECT VALUE RIGHT(c.name, 2) FROM c
SELECT VALUE SUBSTRING(c.name, 1, 2) FROM c
SELECT VALUE TRIM('  a ') FROM c
SELECT VALUE LTRIM('  a ') FROM c
SELECT VALUE RTRIM('  a ') FROM c
SELECT VALUE REPLACE(c.name, 'a', 'o') FROM c
SELECT VALUE INDEX_OF(c.name, 'a') FROM c
SELECT VALUE REVERSE(c.name) FROM c
SELECT VALUE REPLICATE('ab', 2) FROM c
SELECT VALUE TOSTRING(c.n) FROM c
SELECT VALUE ToString(c.nested) FROM c
SELECT VALUE IS_DEFINED(c.sparse) FROM c
SELECT VALUE IS_NULL(c.mixed) FROM c
SELECT VALUE IS_NUMBER(c.mixed) FROM c
SELECT VALUE IS_STRING(c.mixed) FROM c
SELECT VALUE IS_BOOL(c.mixed) FROM c
SELECT VALUE IS_ARRAY(c.tags) FROM c
SELECT VALUE IS_OBJECT(c.nested) FROM c
SELECT VALUE IS_PRIMITIVE(c.mixed) FROM c
SELECT VALUE IS_INTEGER(c.half) FROM c
SELECT VALUE ARRAY_LENGTH(c.tags) FROM c
SELECT VALUE ARRAY_SLICE(c.tags, 1) FROM c
SELECT VALUE ARRAY_SLICE(c.tags, -1) FROM c
SELECT VALUE ARRAY_CONCAT(c.tags, ['x']) FROM c
SELECT VALUE ARRAY_CONTAINS([{"a": 1, "b": 2}], {"a": 1}, true) FROM c
SELECT VALUE ARRAY_CONTAINS_ANY(c.tags, 't1', 't2') FROM c
SELECT VALUE StringEquals(c.name, 'ANNA', true) FROM c
SELECT VALUE StringToNumber('1.5') FROM c
SELECT VALUE RegexMatch(c.name, '^a') FROM c
SELECT VALUE IIF(c.n > 4, 'high', 'low') FROM c
SELECT VALUE DateTimeAdd('yyyy', 1, '2020-01-01T00:00:00.0000000Z') FROM c
SELECT VALUE abs(c.signed) FROM c
SELECT VALUE ABS('a') FROM c

-- Refusals
SELEC * FROM c
SELECT * FROM
SELECT c.id FROM c WHERE
SELECT c.id FROM c ORDER BY
SELECT NOSUCH(c.n) FROM c
SELECT ST_DISTANCE(c.n, c.n) FROM c
SELECT ABS() FROM c
SELECT c.id FROM c WHERE x.n = 1
SELECT * FROM c WHERE c.n = @missing
SELECT TOP -1 c.id FROM c
SELECT c.kind, COUNT(1) FROM c
SELECT udf.tax(c.n) FROM c
SELECT * FROM c HAVING c.n > 1
