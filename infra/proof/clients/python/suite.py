"""What people do with azure-cosmos: run with the endpoint and the key of a cosmos-local with several ranges."""

import sys
import unittest

from azure.cosmos import CosmosClient, PartitionKey, exceptions

ENDPOINT, KEY = sys.argv[1:3]
CLIENT = CosmosClient(ENDPOINT, KEY)
DATABASE = CLIENT.create_database_if_not_exists("python")


def create(name, **more):
    return DATABASE.create_container(name, PartitionKey("/pk"), **more)


def filled(name):
    container = create(name)
    for n in range(15):
        kind = "odd" if n % 2 else "even"
        container.create_item({"id": f"i{n}", "pk": f"p{n % 5}", "n": n, "kind": kind, "tags": [f"t{n % 3}"]})
    return container


class Suite(unittest.TestCase):
    def refused(self, status):
        class Refused:
            def __enter__(inner):
                return inner

            def __exit__(inner, kind, error, _):
                self.assertIsInstance(error, exceptions.CosmosHttpResponseError)
                self.assertEqual(error.status_code, status, error)
                return True

        return Refused()

    # Feature: Point reads and writes
    # Feature: Optimistic concurrency control (ETags)
    # Feature: Partial document update (patch)
    def test_items(self):
        container = create("items")
        made = container.create_item({"id": "a", "pk": "x", "n": 1})
        with self.refused(409):
            container.create_item({"id": "a", "pk": "x"})
        self.assertEqual(container.read_item("a", "x")["n"], 1)
        container.replace_item("a", {"id": "a", "pk": "x", "n": 2})
        with self.refused(412):
            from azure.core import MatchConditions

            stale = {"etag": made["_etag"], "match_condition": MatchConditions.IfNotModified}
            container.replace_item("a", {"id": "a", "pk": "x", "n": 3}, **stale)
        container.upsert_item({"id": "a", "pk": "x", "n": 4})
        patched = container.patch_item("a", "x", [{"op": "incr", "path": "/n", "value": 3}])
        self.assertEqual(patched["n"], 7)
        with self.refused(412):
            operations = [{"op": "set", "path": "/n", "value": 0}]
            container.patch_item("a", "x", operations, filter_predicate="from c where c.n = 1")
        container.delete_item("a", "x")
        with self.refused(404):
            container.read_item("a", "x")

    # Feature: Parameterized queries
    # Feature: Cross-partition queries
    # Feature: ORDER BY, OFFSET LIMIT, TOP, DISTINCT
    # Feature: GROUP BY and aggregate functions
    # Feature: Self-joins (JOIN) and subqueries
    # Feature: Pagination with continuation tokens
    def test_queries_over_all_partitions(self):
        container = filled("queries")

        def query(text, **more):
            return list(container.query_items(text, enable_cross_partition_query=True, **more))

        self.assertEqual(len(query("SELECT * FROM c")), 15)
        self.assertEqual(query("SELECT VALUE c.n FROM c ORDER BY c.n"), list(range(15)))
        self.assertEqual(query("SELECT TOP 3 VALUE c.n FROM c ORDER BY c.n DESC"), [14, 13, 12])
        self.assertEqual(query("SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 4 LIMIT 2"), [4, 5])
        self.assertEqual(sorted(query("SELECT DISTINCT VALUE c.kind FROM c")), ["even", "odd"])
        for aggregate, expected in [("COUNT(1)", 15), ("SUM(c.n)", 105), ("AVG(c.n)", 7), ("MIN(c.n)", 0), ("MAX(c.n)", 14)]:
            self.assertEqual(query(f"SELECT VALUE {aggregate} FROM c"), [expected], aggregate)
        self.assertEqual(len(query("SELECT VALUE t FROM c JOIN t IN c.tags")), 15)
        parameters = [{"name": "@n", "value": 12}]
        self.assertEqual(len(query("SELECT * FROM c WHERE c.n > @n", parameters=parameters)), 2)
        self.assertEqual(query("SELECT VALUE c.n FROM c WHERE c.kind = 'odd'", partition_key="p1"), [1, 11])
        pages = container.query_items("SELECT * FROM c", enable_cross_partition_query=True, max_item_count=4)
        self.assertEqual([len(list(page)) for page in pages.by_page()][0], 4)
        with self.refused(400):
            query("SELEC * FROM c")

    # Feature: Transactional batch
    def test_batches(self):
        container = create("batches")
        one = ("create", ({"id": "a", "pk": "x"},))
        patch = ("patch", ("a", [{"op": "set", "path": "/n", "value": 5}]))
        done = container.execute_item_batch([one, patch], "x")
        self.assertEqual([each["statusCode"] for each in done], [201, 200])
        with self.assertRaises(exceptions.CosmosBatchOperationError) as failed:
            container.execute_item_batch([("create", ({"id": "b", "pk": "x"},)), one], "x")
        self.assertEqual(failed.exception.error_index, 1)
        with self.refused(404):
            container.read_item("b", "x")

    # Feature: Change feed, latest version mode
    # Feature: Feed ranges
    def test_change_feed(self):
        container = filled("feed")
        ranges = list(container.read_feed_ranges())
        self.assertEqual(len(ranges), 4)
        seen, tokens = [], []
        for each in ranges:
            feed = container.query_items_change_feed(feed_range=each, start_time="Beginning")
            seen += [item["id"] for item in feed]
            tokens.append(container.client_connection.last_response_headers["etag"])
        self.assertEqual(len(seen), 15)
        self.assertEqual(len(set(seen)), 15)
        container.create_item({"id": "new", "pk": "p1"})
        later = []
        for token in tokens:
            later += [item["id"] for item in container.query_items_change_feed(continuation=token)]
        self.assertEqual(later, ["new"])
        of_one = container.query_items_change_feed(partition_key="p1", start_time="Beginning")
        self.assertEqual([item["id"] for item in of_one], ["i1", "i6", "i11", "new"])

    # Feature: Stored procedures
    def test_procedures(self):
        container = create("procedures")
        body = """function (name) {
            var collection = getContext().getCollection();
            collection.createDocument(collection.getSelfLink(), { id: name, pk: "x" }, function (error) {
                if (error) throw error;
                getContext().getResponse().setBody("made " + name);
            });
        }"""
        container.scripts.create_stored_procedure({"id": "make", "body": body})
        made = container.scripts.execute_stored_procedure("make", partition_key="x", params=["a"])
        self.assertEqual(made, "made a")
        with self.refused(400):
            container.scripts.execute_stored_procedure("make", partition_key="x", params=["a"])

    # Feature: Provisioned and autoscale throughput
    def test_throughput(self):
        container = create("offers", offer_throughput=700)
        self.assertEqual(container.get_throughput().offer_throughput, 700)
        container.replace_throughput(1000)
        self.assertEqual(container.get_throughput().offer_throughput, 1000)
        database = CLIENT.create_database("shared", offer_throughput=500)
        self.assertEqual(database.get_throughput().offer_throughput, 500)
        database.replace_throughput(600)
        self.assertEqual(database.get_throughput().offer_throughput, 600)

    # Feature: Hierarchical partition keys
    def test_keys_of_several_levels(self):
        key = PartitionKey(["/tenant", "/user"], kind="MultiHash")
        container = DATABASE.create_container("levels", key)
        for tenant, user in [("t1", "u1"), ("t1", "u2"), ("t2", "u1")]:
            container.create_item({"id": tenant + user, "tenant": tenant, "user": user})
        self.assertEqual(container.read_item("t1u2", ["t1", "u2"])["user"], "u2")
        found = container.query_items("SELECT VALUE c.id FROM c", partition_key=["t1"])
        self.assertEqual(sorted(found), ["t1u1", "t1u2"])

    # Feature: Time to live (TTL)
    def test_an_item_is_gone_when_its_time_is_over(self):
        container = create("times", default_ttl=-1)
        container.create_item({"id": "long", "pk": "x"})
        container.create_item({"id": "short", "pk": "x", "ttl": 1})
        ids = ["both"]
        while ids != ["long"]:
            ids = list(container.query_items("SELECT VALUE c.id FROM c", partition_key="x"))
            self.assertIn("long", ids)
        with self.refused(404):
            container.read_item("short", "x")

    # Feature: Unique key constraints
    def test_a_unique_key_is_kept_within_its_partition(self):
        container = create("unique", unique_key_policy={"uniqueKeys": [{"paths": ["/mail"]}]})
        container.create_item({"id": "a", "pk": "x", "mail": "m"})
        with self.refused(409):
            container.create_item({"id": "b", "pk": "x", "mail": "m"})
        container.create_item({"id": "b", "pk": "y", "mail": "m"})

    # Feature: System functions
    def test_functions_work_on_what_the_documents_hold(self):
        container = create("functions")
        container.create_item({"id": "a", "pk": "x", "name": "Meter", "at": "2024-02-28T12:00:00Z", "list": [3, 1, 2]})
        text = """SELECT VALUE [UPPER(c.name), CONTAINS(c.name, "ETE", true), ARRAY_SLICE(c.list, 1),
            DateTimeAdd("dd", 2, c.at), ROUND(2.5), IS_DEFINED(c.none), ToString(c.list[0])] FROM c"""
        found = list(container.query_items(text, partition_key="x"))
        self.assertEqual(found, [["METER", True, [1, 2], "2024-03-01T12:00:00.0000000Z", 3, False, "3"]])

    # Feature: Account keys, enforced
    def test_a_wrong_key_opens_nothing(self):
        with self.refused(401):
            list(CosmosClient(ENDPOINT, "d3Jvbmc=").list_databases())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
