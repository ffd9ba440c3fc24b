// Shows the decks to this machine alone: the room sees the projector, and the network nothing.

import { createServer } from "node:http";
import sirv from "sirv";

await import("./build.js");
const server = createServer(sirv("out"));
const listen = (port) => server.listen(port, "127.0.0.1");
server.on("listening", () => console.log(`http://127.0.0.1:${server.address().port}/, until ctrl-c`));
// The port is taken: any other will do.
server.once("error", () => listen(0));
listen(3100);
