// Appends events to one stream, all of them or none, if the stream is where the writer believes it to be.
//
//   stream    the stream's id, which is this partition's key
//   expected  the version of the last event the writer knows, or "any", "none", "exists"
//   events    [{ event_id, type, data, meta }, …]
//
// Answers { status, version, since }:
//
//   appended   version is that of the last event sent
//   duplicate  exactly these events are here already; version is that of the last of them
//   conflict   version is where the stream ends; since holds the events the writer missed, if they are few
//   sealed     the stream has ended; version is that of its last event
//
// Everything else is thrown, and then nothing is stored: a procedure is one transaction.
function append_to_stream(stream, expected, events) {
  const SINCE_EVENTS = 100;
  const SINCE_CHARACTERS = 1000000;
  const collection = getContext().getCollection();
  const link = collection.getSelfLink();

  validate();
  locate((end, sealed) => {
    if (sealed) {
      return ifNew(() => answer("sealed", end));
    }
    append(end);
  });

  // The stream's last event is at `end`, and the stream is open.
  function append(end) {
    //@ step 2: compare the version, then create every event after end, or none
    if (!expectationHolds(end)) {
      return ifNew(() => conflict(end));
    }
    const createFrom = (index) => {
      if (index === events.length) {
        return answer("appended", end + events.length);
      }
      const item = document(end + index + 1, events[index]);
      const accepted = collection.createDocument(link, item, (error) =>
        error ? refused(error, index) : createFrom(index + 1));
      mustBeAccepted(accepted);
    };
    createFrom(0);
    //@ end
  }

  function expectationHolds(end) {
    switch (expected) {
      case "any": return true;
      case "none": return end === 0;
      case "exists": return end > 0;
      default: return end === expected;
    }
  }

  function document(version, event) {
    return {
      id: stream + ":" + version,
      stream: stream,
      version: version,
      type: event.type,
      data: event.data,
      meta: Object.assign({ event_id: event.event_id }, event.meta)
    };
  }

  // Finds where the stream ends. Two point reads tell whether it is where the writer believes, so the usual
  // append costs the same however long the stream is.
  function locate(then) {
    if (typeof expected !== "number") {
      return findEnd(then);
    }
    read(expected, (last) => read(expected + 1, (next) => {
      // The store's own documents end a stream or are what is left of it: nothing goes on behind them.
      if (next || (expected > 0 && (!last || last.type[0] === "$"))) {
        return findEnd(then);
      }
      then(expected, false);
    }));
  }

  function findEnd(then) {
    query("SELECT TOP 1 c.version, c.type FROM c ORDER BY c.version DESC", [], (found) => {
      if (found.length === 0) {
        return then(0, false);
      }
      const sealed = found[0].type === "$sealed";
      then(sealed ? found[0].version - 1 : found[0].version, sealed);
    });
  }

  // A create was refused. On the first event nothing is written yet, so a taken id can still be an earlier
  // attempt of the same append; later on only a throw takes back what was written.
  function refused(error, index) {
    const thrown = new Error(error.number, "event " + (index + 1) + " was refused: " + error.body);
    if (error.number !== 409 || index > 0) {
      throw thrown;
    }
    ifNew(() => { throw thrown; });
  }

  // Goes on only if these events are not here already, in this order.
  function ifNew(then) {
    if (events.length === 0) {
      return then();
    }
    const first = [{ name: "@id", value: events[0].event_id }];
    query("SELECT c.version FROM c WHERE c.meta.event_id = @id", first, (found) => {
      if (found.length === 0) {
        return then();
      }
      const from = found[0].version;
      const range = [{ name: "@from", value: from }, { name: "@to", value: from + events.length }];
      query("SELECT c.meta.event_id FROM c WHERE c.version >= @from AND c.version < @to ORDER BY c.version",
        range, (stored) => {
          const same = stored.length === events.length
            && stored.every((event, index) => event.event_id === events[index].event_id);
          return same ? answer("duplicate", from + events.length - 1) : then();
        });
    });
  }

  function conflict(end) {
    const known = typeof expected === "number" ? expected : 0;
    if (end - known > SINCE_EVENTS) {
      return answer("conflict", end);
    }
    query("SELECT * FROM c WHERE c.version > @known ORDER BY c.version",
      [{ name: "@known", value: known }], (missed) => answer("conflict", end, missed), SINCE_CHARACTERS);
  }

  function answer(status, version, since) {
    getContext().getResponse().setBody({ status: status, version: version, since: since || null });
  }

  function read(version, then) {
    const id = stream + ":" + version;
    const accepted = collection.readDocument(collection.getAltLink() + "/docs/" + id, {}, (error, found) => {
      if (error && error.number !== 404) {
        throw new Error(error.number, error.body);
      }
      then(error ? null : found);
    });
    mustBeAccepted(accepted);
  }

  // All rows of a query, page by page; null as soon as they have more than `most` characters.
  function query(text, parameters, then, most) {
    const rows = [];
    const page = (continuation) => {
      const options = { pageSize: 1000, continuation: continuation };
      const accepted = collection.queryDocuments(link, { query: text, parameters: parameters }, options,
        (error, found, info) => {
          if (error) {
            throw new Error(error.number, error.body);
          }
          rows.push.apply(rows, found);
          if (most && JSON.stringify(rows).length > most) {
            return then(null);
          }
          return info.continuation ? page(info.continuation) : then(rows);
        });
      mustBeAccepted(accepted);
    };
    page(null);
  }

  // Near its limit of time or charge the server takes no more work. Returning would commit what is there.
  function mustBeAccepted(accepted) {
    if (!accepted) {
      throw new Error(413, "the server takes no more work in this transaction: send fewer events");
    }
  }

  function validate() {
    const whole = Number.isSafeInteger(expected) && expected >= 0;
    mustBe(typeof stream === "string" && stream.length > 0, "stream must be a text");
    mustBe(whole || ["any", "none", "exists"].indexOf(expected) >= 0,
      "expected must be a whole number from 0, or any, none or exists");
    mustBe(Array.isArray(events), "events must be a list");
    const ids = {};
    events.forEach((event, index) => {
      const name = "events[" + index + "]";
      mustBe(isObject(event), name + " must be an object");
      mustBe(isText(event.event_id), name + ".event_id must be a text");
      mustBe(!ids["id " + event.event_id], name + ".event_id is that of another event sent");
      mustBe(isText(event.type), name + ".type must be a text");
      mustBe(isObject(event.data), name + ".data must be an object");
      mustBe(isObject(event.meta), name + ".meta must be an object");
      mustBe(!("event_id" in event.meta), name + ".meta must not have an event_id of its own");
      ids["id " + event.event_id] = true;
    });
  }

  function isText(value) {
    return typeof value === "string" && value.length > 0;
  }

  function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }

  function mustBe(condition, requirement) {
    if (!condition) {
      throw new Error(400, requirement);
    }
  }
}
