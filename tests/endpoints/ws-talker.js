// SPDX-License-Identifier: MIT
// ws-talker.js KIND [--port N] [--host ADDRESS] - a server with the npm package ws that does not
// echo, or not only. KIND is one of those below. Packages are found as in ws-echo.js.
'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');
const { parseArgs } = require('node:util');

const modules =
  process.env.WSCONFORM_NODE_MODULES ||
  path.join(__dirname, '..', '..', 'build', 'node_modules');
const { WebSocketServer } = createRequire(path.join(path.resolve(modules), 'ws-talker.js'))('ws');

const { values, positionals } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT || '9001' },
    host: { type: 'string', default: '127.0.0.1' },
  },
  allowPositionals: true,
});

const server = new WebSocketServer({ host: values.host, port: Number(values.port) });

// What happens to a message, by kind.
const kinds = {
  fixed: (socket) => socket.send('{"ok":true}'),
  prefix: (socket, data) => socket.send(`you said: ${data}`),
  greet: (socket, data, isBinary) => socket.send(data, { binary: isBinary }),
  broadcast: (socket, data, isBinary) => {
    for (const client of server.clients) client.send(data, { binary: isBinary });
  },
  // Nothing catches what JSON.parse throws, so it ends the program.
  json: (socket, data, isBinary) => {
    JSON.parse(data.toString());
    socket.send(data, { binary: isBinary });
  },
  silent: () => {},
};

const kind = positionals[0];
const answer = kinds[kind];

server.on('connection', (socket) => {
  socket.on('error', () => {});
  if (kind === 'greet') socket.send('{"hello":"who are you?"}');
  socket.on('message', (data, isBinary) => answer(socket, data, isBinary));
});
