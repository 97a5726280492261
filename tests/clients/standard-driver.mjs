// SPDX-License-Identifier: MIT
// A driver with the WebSocket of the web's own standard, as Node 22 (undici), Deno and Bun have it.
const environment = globalThis.Deno ? Deno.env.toObject() : process.env;
const args = globalThis.Deno ? Deno.args : process.argv.slice(2);
const base = environment.WSCONFORM_URL || 'ws://127.0.0.1:9001';
const agent = encodeURIComponent(args[0] || 'standard');

function open(path, onmessage) {
  return new Promise((resolve) => {
    const socket = new WebSocket(base + path);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event) => onmessage(event.data, socket);
    // Node 22 reports a failed handshake as an error and then no close.
    socket.onerror = resolve;
    socket.onclose = resolve;
  });
}

let count = 0;
await open('/getCaseCount', (data) => { count = Number(data); });
for (let number = 1; number <= count; number++)
  await open(`/runCase?case=${number}&agent=${agent}`, (data, socket) => socket.send(data));
await open(`/updateReports?agent=${agent}`, () => {});
