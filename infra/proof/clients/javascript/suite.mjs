// What people do with @azure/cosmos: run with the endpoint and the key of a cosmos-local with several ranges.
import assert from "node:assert/strict";
import test from "node:test";
import { ChangeFeedStartFrom, CosmosClient } from "@azure/cosmos";

const [endpoint, key] = process.argv.slice(2);
const client = new CosmosClient({ endpoint, key });
const { database } = await client.databases.createIfNotExists({ id: "javascript" });
const create = async (id, more = {}) => {
  const definition = { id, partitionKey: { paths: ["/pk"] }, ...more };
  return (await database.containers.create(definition)).container;
};

const PARTITIONS = 5;
const filled = async (id) => {
  const container = await create(id);
  for (let n = 0; n < 15; n++) {
    const kind = n % 2 ? "odd" : "even";
    await container.items.create({ id: `i${n}`, pk: `p${n % PARTITIONS}`, n, kind, tags: [`t${n % 3}`] });
  }
  return container;
};
const refused = (code) => (error) => Number(error.code) === code;

// Feature: Point reads and writes
// Feature: Optimistic concurrency control (ETags)
// Feature: Partial document update (patch)
test("items are created, read, replaced, upserted, patched and deleted", async () => {
  const container = await create("items");
  const { resource } = await container.items.create({ id: "a", pk: "x", n: 1 });
  assert.ok(resource._etag && resource._rid);
  await assert.rejects(container.items.create({ id: "a", pk: "x" }), refused(409));
  const item = container.item("a", "x");
  assert.equal((await item.read()).resource.n, 1);
  const replaced = await item.replace({ id: "a", pk: "x", n: 2 });
  const stale = { accessCondition: { type: "IfMatch", condition: resource._etag } };
  await assert.rejects(item.replace({ id: "a", pk: "x", n: 3 }, stale), refused(412));
  assert.equal(replaced.resource.n, 2);
  assert.equal((await container.items.upsert({ id: "a", pk: "x", n: 4 })).statusCode, 200);
  assert.equal((await item.patch([{ op: "incr", path: "/n", value: 3 }])).resource.n, 7);
  const condition = "from c where c.n = 1";
  const operations = [{ op: "set", path: "/n", value: 0 }];
  await assert.rejects(item.patch({ condition, operations }), refused(412));
  assert.equal((await item.delete()).statusCode, 204);
  assert.equal((await item.read()).statusCode, 404);
});

// Feature: Parameterized queries
// Feature: Cross-partition queries
// Feature: ORDER BY, OFFSET LIMIT, TOP, DISTINCT
// Feature: GROUP BY and aggregate functions
// Feature: Self-joins (JOIN) and subqueries
test("queries over all partitions are merged", async () => {
  const container = await filled("queries");
  const all = async (query) => (await container.items.query(query).fetchAll()).resources;
  const numbers = [...Array(15).keys()];
  assert.equal((await all("SELECT * FROM c")).length, 15);
  assert.deepEqual(await all("SELECT VALUE c.n FROM c ORDER BY c.n"), numbers);
  assert.deepEqual(await all("SELECT VALUE c.n FROM c ORDER BY c.n DESC"), numbers.toReversed());
  assert.deepEqual(await all("SELECT TOP 3 VALUE c.n FROM c ORDER BY c.n"), [0, 1, 2]);
  assert.deepEqual(await all("SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 4 LIMIT 2"), [4, 5]);
  assert.equal((await all("SELECT VALUE c.n FROM c OFFSET 4 LIMIT 2")).length, 2);
  assert.deepEqual((await all("SELECT DISTINCT VALUE c.kind FROM c")).sort(), ["even", "odd"]);
  assert.deepEqual(await all("SELECT VALUE COUNT(1) FROM c"), [15]);
  assert.deepEqual(await all("SELECT VALUE SUM(c.n) FROM c"), [105]);
  assert.deepEqual(await all("SELECT VALUE AVG(c.n) FROM c"), [7]);
  assert.deepEqual(await all("SELECT VALUE MIN(c.n) FROM c"), [0]);
  assert.deepEqual(await all("SELECT VALUE MAX(c.n) FROM c"), [14]);
  const groups = await all("SELECT c.kind, COUNT(1) AS count, MAX(c.n) AS most FROM c GROUP BY c.kind");
  groups.sort((left, right) => left.kind.localeCompare(right.kind));
  assert.deepEqual(groups, [{ kind: "even", count: 8, most: 14 }, { kind: "odd", count: 7, most: 13 }]);
  const filter = "EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = 't1')";
  assert.equal((await all(`SELECT * FROM c WHERE ${filter}`)).length, 5);
  assert.equal((await all("SELECT VALUE t FROM c JOIN t IN c.tags")).length, 15);
  const parameters = [{ name: "@n", value: 12 }];
  assert.equal((await all({ query: "SELECT * FROM c WHERE c.n > @n", parameters })).length, 2);
  await assert.rejects(all("SELEC * FROM c"), refused(400));
});

// Feature: Pagination with continuation tokens
test("a query is read page by page", async () => {
  const container = await filled("pages");
  const pages = container.items.query("SELECT * FROM c", { maxItemCount: 4 });
  let seen = 0;
  while (pages.hasMoreResults()) {
    const { resources } = await pages.fetchNext();
    assert.ok((resources ?? []).length <= 4);
    seen += (resources ?? []).length;
  }
  assert.equal(seen, 15);
});

// Feature: Transactional batch
// Feature: Bulk operations
test("a batch is all or nothing and a bulk is not", async () => {
  const container = await create("batches");
  const one = { operationType: "Create", resourceBody: { id: "a", pk: "x" } };
  const set = { operations: [{ op: "set", path: "/n", value: 5 }] };
  const patch = { operationType: "Patch", id: "a", resourceBody: set };
  const done = await container.items.batch([one, patch], "x");
  assert.deepEqual(done.result.map((each) => each.statusCode), [201, 200]);
  const two = { operationType: "Create", resourceBody: { id: "b", pk: "x" } };
  const failed = await container.items.batch([two, one], "x");
  assert.deepEqual(failed.result.map((each) => each.statusCode), [424, 409]);
  const bulk = await container.items.bulk([
    two,
    one,
    { operationType: "Upsert", partitionKey: "y", resourceBody: { id: "c", pk: "y" } },
    { operationType: "Read", id: "a", partitionKey: "x" },
    { operationType: "Patch", id: "a", partitionKey: "x", resourceBody: set },
    { operationType: "Delete", id: "a", partitionKey: "x" },
  ], { continueOnError: true });
  assert.deepEqual(bulk.map((each) => each.statusCode), [201, 409, 201, 200, 200, 204]);
});

// Feature: Change feed, latest version mode
test("the change feed is followed and gone on with", async () => {
  const container = await filled("feed");
  const read = async (start) => {
    const options = { maxItemCount: 100, changeFeedStartFrom: start };
    const iterator = container.items.getChangeFeedIterator(options);
    const ids = [];
    let continuation;
    for (let quiet = 0; quiet < 8;) {
      const page = await iterator.readNext();
      continuation = page.continuationToken;
      quiet = page.statusCode === 304 ? quiet + 1 : 0;
      ids.push(...(page.result ?? []).map((item) => item.id));
    }
    return { ids, continuation };
  };
  const first = await read(ChangeFeedStartFrom.Beginning());
  assert.equal(new Set(first.ids).size, 15);
  await container.items.create({ id: "new", pk: "p1" });
  const { ids } = await read(ChangeFeedStartFrom.Continuation(first.continuation));
  assert.deepEqual(ids, ["new"]);
});

// Feature: Stored procedures
test("stored procedures run", async () => {
  const container = await create("procedures");
  const body = function (name) {
    const collection = getContext().getCollection();
    collection.createDocument(collection.getSelfLink(), { id: name, pk: "x" }, (error) => {
      if (error) throw error;
      getContext().getResponse().setBody(`made ${name}`);
    });
  };
  const { storedProcedure } = await container.scripts.storedProcedures.create({ id: "make", body });
  assert.equal((await storedProcedure.execute("x", ["a"])).resource, "made a");
  await assert.rejects(storedProcedure.execute("x", ["a"]));
  assert.equal((await container.item("a", "x").read()).statusCode, 200);
});

// Feature: Provisioned and autoscale throughput
test("throughput is read and replaced", async () => {
  const container = await create("offers");
  const offer = (await container.readOffer()).resource;
  assert.equal(offer.content.offerThroughput, 400);
  const content = { ...offer.content, offerThroughput: 1000 };
  await client.offer(offer.id).replace({ ...offer, content });
  assert.equal((await container.readOffer()).resource.content.offerThroughput, 1000);
});

// Feature: Hierarchical partition keys
test("keys of several levels are found by their prefixes", async () => {
  const partitionKey = { paths: ["/tenant", "/user"], kind: "MultiHash", version: 2 };
  const container = await create("levels", { partitionKey });
  for (const [tenant, user] of [["t1", "u1"], ["t1", "u2"], ["t2", "u1"]]) {
    await container.items.create({ id: tenant + user, tenant, user });
  }
  assert.equal((await container.item("t1u2", ["t1", "u2"]).read()).resource.user, "u2");
  const options = { partitionKey: ["t1"] };
  const found = await container.items.query("SELECT VALUE c.id FROM c", options).fetchAll();
  assert.deepEqual(found.resources.sort(), ["t1u1", "t1u2"]);
});

// Feature: Time to live (TTL)
test("an item is gone when its time is over", async () => {
  const container = await create("times", { defaultTtl: -1 });
  await container.items.create({ id: "long", pk: "x" });
  await container.items.create({ id: "short", pk: "x", ttl: 1 });
  while ((await container.item("short", "x").read()).statusCode !== 404);
  const { resources } = await container.items.query("SELECT VALUE c.id FROM c").fetchAll();
  assert.deepEqual(resources, ["long"]);
});

// Feature: Unique key constraints
test("a unique key is kept within its partition", async () => {
  const container = await create("unique", { uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/mail"] }] } });
  await container.items.create({ id: "a", pk: "x", mail: "m" });
  await assert.rejects(container.items.create({ id: "b", pk: "x", mail: "m" }), refused(409));
  await container.items.create({ id: "b", pk: "y", mail: "m" });
});

// Feature: System functions
test("functions work on what the documents hold", async () => {
  const container = await create("functions");
  await container.items.create({ id: "a", pk: "x", name: "Meter", at: "2024-02-28T12:00:00Z", list: [3, 1, 2] });
  const text = `SELECT VALUE [UPPER(c.name), CONTAINS(c.name, "ETE", true), ARRAY_SLICE(c.list, 1),
    DateTimeAdd("dd", 2, c.at), ROUND(2.5), IS_DEFINED(c.none), ToString(c.list[0])] FROM c`;
  const { resources } = await container.items.query(text).fetchAll();
  assert.deepEqual(resources, [["METER", true, [1, 2], "2024-03-01T12:00:00.0000000Z", 3, false, "3"]]);
});

// Feature: Feed ranges
test("each feed range has its part of the feed", async () => {
  const container = await filled("ranges");
  const ids = [];
  for (const range of await container.getFeedRanges()) {
    const changeFeedStartFrom = ChangeFeedStartFrom.Beginning(range);
    const iterator = container.items.getChangeFeedIterator({ changeFeedStartFrom });
    for await (const page of iterator.getAsyncIterator()) {
      if (page.statusCode === 304) break;
      ids.push(...page.result.map((item) => item.id));
    }
  }
  assert.equal(ids.length, 15);
  assert.equal(new Set(ids).size, 15);
});

// Feature: Account keys, enforced
test("a wrong key opens nothing", async () => {
  const stranger = new CosmosClient({ endpoint, key: Buffer.from("wrong").toString("base64") });
  await assert.rejects(stranger.databases.readAll().fetchAll(), refused(401));
});
