// The server-side JavaScript API of Cosmos DB, for one call of one stored procedure.
//
// This file is one function, as a procedure is. It is called with the native bridge before the
// procedure is loaded, defines the globals, and returns what drives the procedure. The procedure shares
// every built-in object with it and may replace any of them, so
// - what is needed later is taken here, before the procedure exists;
// - records of our own have no prototype, and no array of our own is pushed to, spread or iterated.
//
// Left out: fluent queries (filter, map, chain …), attachments, and the collection's size in options.
function (bridge, links) {
  'use strict';
  const { parse, stringify } = JSON;
  const { apply, construct, defineProperty, getPrototypeOf, setPrototypeOf } = Reflect;
  const { isInteger } = Number;
  const { then } = Promise.prototype;
  const { indexOf, slice, toWellFormed } = String.prototype;
  const toText = String;
  const NativeError = Error;
  const { prototype: errorPrototype } = NativeError;
  const { prototype: internalErrorPrototype } = InternalError;

  const own = (target, name, value, enumerable) =>
    defineProperty(target, name, { __proto__: null, value, enumerable, writable: true, configurable: true });
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

  // ---- Errors ----------------------------------------------------------------------------------

  // The service's runtime knows `new Error(number, message)`. The prototype stays the built-in one, so
  // `instanceof` and subclasses work; the built-in constructor is no longer reachable.
  function ErrorWithNumber(message, details) {
    const numbered = typeof message === 'number' && arguments.length > 1 && !isObject(details);
    const error = construct(NativeError, numbered ? [toText(details)] : arguments, new.target || ErrorWithNumber);
    if (numbered) own(error, 'number', message, true);
    return error;
  }
  own(ErrorWithNumber, 'name', 'Error', false);
  own(ErrorWithNumber, 'length', 1, false);
  own(ErrorWithNumber, 'captureStackTrace', NativeError.captureStackTrace, false);
  defineProperty(ErrorWithNumber, 'prototype', { __proto__: null, value: errorPrototype, writable: false });
  own(errorPrototype, 'constructor', ErrorWithNumber, false);
  for (const kind of [AggregateError, EvalError, InternalError, RangeError, ReferenceError, SyntaxError,
    TypeError, URIError]) setPrototypeOf(kind, ErrorWithNumber);
  own(globalThis, 'Error', ErrorWithNumber, false);

  // Called for every error that is raised. It keeps the procedure's frames, corrects the columns of the
  // first line for the text put before the procedure, and reports memory that was refused.
  NativeError.prepareStackTrace = function (error, frames) {
    if (isObject(error) && getPrototypeOf(error) === internalErrorPrototype && error.message === 'out of memory')
      bridge('outOfMemory', '');
    let stack = '';
    for (let i = 0; frames && i < frames.length; i++) {
      const file = frames[i].getFileName();
      if (!file || file === 'api.js') continue;
      const name = frames[i].getFunctionName();
      const line = frames[i].getLineNumber();
      const column = frames[i].getColumnNumber() - (line === 1 ? links.column : 0);
      const place = `${file}:${line}:${column}`;
      stack += `${stack && '\n'}    at ${name ? `${name} (${place})` : place}`;
    }
    return stack;
  };

  function failure(number, body) {
    const error = new ErrorWithNumber(number, body);
    own(error, 'body', body, true);
    return error;
  }

  const text = (value) => apply(toWellFormed, toText(value), []);

  // What was thrown, for the host. Anything can be thrown, and reading it can throw in turn.
  function describe(thrown) {
    const report = { __proto__: null, number: null, message: '', stack: '' };
    try {
      if (!isObject(thrown)) {
        report.message = text(thrown);
      } else {
        if (isInteger(thrown.number)) report.number = thrown.number;
        if (typeof thrown.stack === 'string') report.stack = text(thrown.stack);
        report.message = text(thrown instanceof NativeError ? thrown : stringify(thrown));
      }
    } catch {
      report.message = 'a value was thrown that cannot be shown';
    }
    return stringify(report);
  }

  // ---- Operations and their callbacks ----------------------------------------------------------

  let first = null;
  let last = null;

  // Carries an operation out and queues its callback. False when it was not accepted.
  function submit(operation, request, options, callback) {
    if (typeof options === 'function' && callback === undefined) {
      callback = options;
      options = undefined;
    }
    if (options !== undefined && options !== null && typeof options !== 'object')
      throw failure(400, `${operation}: options must be an object`);
    if (callback !== undefined && callback !== null && typeof callback !== 'function')
      throw failure(400, `${operation}: callback must be a function`);
    request.options = options;
    const reply = parse(bridge(operation, stringify(request)));
    if (reply.outcome === 'refused') throw failure(reply.number, reply.message);
    if (reply.outcome === 'unaccepted') return false;
    // The error is made here, and not when it is handed over, so that its stack shows this call.
    const error = reply.outcome === 'failed' ? failure(reply.number, reply.message) : undefined;
    const job = { __proto__: null, operation, callback, error, reply, next: null };
    if (last) last.next = job;
    else first = job;
    last = job;
    return true;
  }

  // Runs the oldest callback. False when there is none. Without a callback an error is thrown.
  function next() {
    if (first === null) return false;
    const { operation, callback, error, reply } = first;
    first = first.next;
    if (first === null) last = null;
    if (typeof callback !== 'function') {
      if (error) throw error;
    } else if (operation === 'deleteDocument') callback(error, reply.options);
    else if (error) callback(error, undefined, reply.options);
    else callback(undefined, reply.resource === null ? undefined : reply.resource, reply.options);
    return true;
  }

  // ---- The API ---------------------------------------------------------------------------------

  const collection = {
    getSelfLink: () => links.self,
    getAltLink: () => links.alt,
    createDocument: (link, body, options, callback) =>
      submit('createDocument', { __proto__: null, link, body }, options, callback),
    upsertDocument: (link, body, options, callback) =>
      submit('upsertDocument', { __proto__: null, link, body }, options, callback),
    readDocument: (link, options, callback) => submit('readDocument', { __proto__: null, link }, options, callback),
    replaceDocument: (link, body, options, callback) =>
      submit('replaceDocument', { __proto__: null, link, body }, options, callback),
    deleteDocument: (link, options, callback) =>
      submit('deleteDocument', { __proto__: null, link }, options, callback),
    queryDocuments: (link, query, options, callback) =>
      submit('queryDocuments', { __proto__: null, link, query }, options, callback),
    readDocuments: (link, options, callback) => submit('readDocuments', { __proto__: null, link }, options, callback),
  };

  let input;
  const request = {
    getBody: () => input,
    getValue: (name) => void named(name),
    setBody: () => {
      throw failure(403, 'request.setBody: only a trigger can change the request');
    },
  };

  let output;
  function setBody(value) {
    const reply = parse(bridge('setBody', stringify({ __proto__: null, body: value })));
    if (reply.outcome === 'refused') throw failure(reply.number, reply.message);
    output = value;
  }
  const piece = (body) => (body === undefined ? '' : typeof body === 'string' ? body : stringify(body));
  const response = {
    getBody: () => output,
    setBody,
    appendBody: (value) => setBody(piece(output) + piece(value)),
    getValue: (name) => void named(name),
    setValue: (name) => {
      named(name);
      throw failure(403, `response.setValue: the header '${name}' cannot be written`);
    },
  };

  function named(name) {
    if (typeof name !== 'string') throw failure(400, 'the name of a value must be a string');
  }

  // Rolls back even if what it throws is caught, or is lost in a promise.
  function abort(error) {
    bridge('threw', describe(error));
    throw error;
  }

  const context = {
    getCollection: () => collection,
    getRequest: () => request,
    getResponse: () => response,
    abort,
  };

  // Each %s takes an argument; arguments left over are appended. Nothing is put between messages.
  function log(format, ...values) {
    if (values.length > 0 && typeof format !== 'string')
      throw failure(400, 'console.log: with several arguments the first must be a string');
    let message = '';
    let rest = toText(format);
    for (let i = 0; i < values.length; i++) {
      const at = apply(indexOf, rest, ['%s']);
      const end = at < 0 ? rest.length : at;
      message += apply(slice, rest, [0, end]) + toText(values[i]);
      rest = apply(slice, rest, [at < 0 ? end : end + 2]);
    }
    const reply = parse(bridge('log', stringify(text(message + rest))));
    if (reply.outcome === 'refused') throw failure(reply.number, reply.message);
  }

  own(collection, 'request', request, true);
  own(collection, 'response', response, true);
  own(globalThis, 'getContext', () => context, false);
  own(globalThis, '__', collection, false);
  own(globalThis, 'console', { log }, false);

  // ---- What drives a procedure -----------------------------------------------------------------

  // Cycles are collected only once the heap has reached its limit, and then this one is gone.
  const canary = (() => {
    const cycle = {};
    cycle.cycle = cycle;
    const weak = new WeakRef(cycle);
    return weak.deref.bind(weak);
  })();

  const guarded = (step) => (...values) => {
    try {
      return apply(step, undefined, values);
    } catch (error) {
      bridge('threw', describe(error));
      return false;
    }
  };

  function start(procedure, json) {
    input = parse(json);
    const result = apply(procedure, undefined, input);
    try {
      apply(then, result, [undefined, (reason) => void bridge('rejected', describe(reason))]);
    } catch {
      // Not a promise: an ordinary procedure.
    }
    return true;
  }

  return {
    __proto__: null,
    start: guarded(start),
    next: guarded(next),
    canary,
  };
}
