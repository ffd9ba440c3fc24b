// What is ordered of cosmos-local alone, and what it refuses by name: run as suite.mjs is.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import test from "node:test";
import {
  ChangeFeedMode, ChangeFeedPolicy, ChangeFeedRetentionTimeSpan, ChangeFeedStartFrom, CosmosClient,
} from "@azure/cosmos";

const [endpoint, key] = process.argv.slice(2);
const client = new CosmosClient({ endpoint, key });
const { database } = await client.databases.createIfNotExists({ id: "javascript-local" });
const create = async (id, more = {}) => {
  const definition = { id, partitionKey: { paths: ["/pk"] }, ...more };
  return (await database.containers.create(definition)).container;
};
const refused = (code) => (error) => Number(error.code) === code;

// Gives the server an order, signed as a request to the resource at this path.
const order = async (method, path, body) => {
  const parts = path.slice(1).split("/");
  const whole = parts.length % 2 === 0;
  const [type, link] = [parts.at(whole ? -2 : -1), (whole ? parts : parts.slice(0, -1)).join("/")];
  const date = new Date().toUTCString().toLowerCase();
  const signed = `${method.toLowerCase()}\n${type}\n${link}\n${date}\n\n`;
  const sig = createHmac("sha256", Buffer.from(key, "base64")).update(signed).digest("base64");
  const authorization = encodeURIComponent(`type=master&ver=1.0&sig=${sig}`);
  const headers = { authorization, "x-ms-date": date, "x-ms-version": "2020-07-15" };
  const answer = await fetch(endpoint + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.text()}`);
};
const fault = (container, more) => order("POST", "/_admin/faults", { container, ...more });

// Feature: Partition splits by order
test("a query and a feed that are half read go on when every range was split", async () => {
  const container = await create("split");
  const numbers = [...Array(40).keys()];
  for (const n of numbers) await container.items.create({ id: `i${n}`, pk: `p${n % 9}`, n });
  const query = container.items.query("SELECT VALUE c.n FROM c ORDER BY c.n", { maxItemCount: 10 });
  const ordered = [...(await query.fetchNext()).resources];
  const options = { maxItemCount: 3, changeFeedStartFrom: ChangeFeedStartFrom.Beginning() };
  const first = await container.items.getChangeFeedIterator(options).readNext();
  const ids = (first.result ?? []).map((item) => item.id);
  const ranges = (await container.readPartitionKeyRanges().fetchAll()).resources;
  const path = `/_admin/split/dbs/${database.id}/colls/split/pkranges`;
  for (const { id } of ranges) await order("POST", `${path}/${id}`, {});
  while (query.hasMoreResults()) ordered.push(...((await query.fetchNext()).resources ?? []));
  assert.deepEqual(ordered, numbers);
  const changeFeedStartFrom = ChangeFeedStartFrom.Continuation(first.continuationToken);
  const feed = container.items.getChangeFeedIterator({ changeFeedStartFrom });
  for (let quiet = 0; quiet <= 2 * ranges.length;) {
    const page = await feed.readNext();
    quiet = page.statusCode === 304 ? quiet + 1 : 0;
    ids.push(...(page.result ?? []).map((item) => item.id));
  }
  assert.deepEqual([ids.length, new Set(ids).size], [numbers.length, numbers.length]);
});

// Feature: Fault injection
test("what is throttled is tried again, and what lost its answer was done", async () => {
  const container = await create("faults");
  await fault("faults", { effect: "throttled", retryAfterMs: 5, operation: "create", count: 3 });
  assert.equal((await container.items.create({ id: "a", pk: "x" })).statusCode, 201);
  await fault("faults", { effect: "loseAnswer", operation: "create" });
  await assert.rejects(container.items.create({ id: "b", pk: "x" }));
  assert.equal((await container.item("b", "x").read()).statusCode, 200);
  await fault("faults", { effect: "wait", waitMs: 200, operation: "query" });
  const asked = Date.now();
  await container.items.query("SELECT * FROM c", { partitionKey: "x" }).fetchAll();
  assert.ok(Date.now() - asked >= 200, "the query waits, not the plan that is asked for beside it");
});

// Feature: Change feed, all versions and deletes mode
test("all versions and deletes are told where they are kept", async () => {
  const kept = new ChangeFeedPolicy(ChangeFeedRetentionTimeSpan.fromMinutes(10));
  const container = await create("versions", { changeFeedPolicy: kept });
  const read = (changeFeedStartFrom) => {
    const changeFeedMode = ChangeFeedMode.AllVersionsAndDeletes;
    return container.items.getChangeFeedIterator({ changeFeedMode, changeFeedStartFrom });
  };
  const { continuationToken } = await read(ChangeFeedStartFrom.Now()).readNext();
  await container.items.create({ id: "a", pk: "x", n: 1 });
  await container.items.upsert({ id: "a", pk: "x", n: 2 });
  await container.item("a", "x").delete();
  const feed = read(ChangeFeedStartFrom.Continuation(continuationToken));
  const changes = [];
  while (changes.length < 3) changes.push(...((await feed.readNext()).result ?? []));
  const told = changes.map((change) => [change.metadata.operationType, change.current?.n]);
  assert.deepEqual(told, [["create", 1], ["replace", 2], ["delete", undefined]]);
});

test("what is missing is refused by its name", async () => {
  const container = await create("missing");
  const trigger = { id: "t", body: "function () {}", triggerType: "Pre", triggerOperation: "All" };
  await assert.rejects(container.scripts.triggers.create(trigger), refused(501));
  const wanted = container.scripts.userDefinedFunctions.create({ id: "f", body: "function () {}" });
  await assert.rejects(wanted, refused(501));
  await assert.rejects(database.users.create({ id: "u" }), refused(501));
  await assert.rejects(container.deleteAllItemsForPartitionKey("x"), refused(501));
});
