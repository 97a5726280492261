// SPDX-License-Identifier: MIT
// ws-echo.js [--port N] [--host ADDRESS] - an echo server with the npm package ws. The package is
// looked for in WSCONFORM_NODE_MODULES, or else in build/node_modules of the checkout.
'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');
const { parseArgs } = require('node:util');

const modules =
  process.env.WSCONFORM_NODE_MODULES ||
  path.join(__dirname, '..', '..', 'build', 'node_modules');
const { WebSocketServer } = createRequire(path.join(path.resolve(modules), 'ws-echo.js'))('ws');

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT || '9001' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});

// Messages may have 100 MiB, and permessage-deflate is off: both are defaults of ws.
const server = new WebSocketServer({ host: values.host, port: Number(values.port) });

server.on('connection', (socket) => {
  // The package fails the connection by itself; without a listener it would end the program.
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
