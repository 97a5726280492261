// SPDX-License-Identifier: MIT
// socketio.js [--port N] [--host ADDRESS] - a server with the npm package socket.io, at
// /socket.io/?EIO=4&transport=websocket. Packages are found as in ws-echo.js.
'use strict';

const { createServer } = require('node:http');
const { createRequire } = require('node:module');
const path = require('node:path');
const { parseArgs } = require('node:util');

const modules =
  process.env.WSCONFORM_NODE_MODULES ||
  path.join(__dirname, '..', '..', 'build', 'node_modules');
const { Server } = createRequire(path.join(path.resolve(modules), 'socketio.js'))('socket.io');

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT || '9001' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});

const http = createServer();
new Server(http).on('connection', (socket) => {
  socket.onAny((event, ...args) => socket.emit(event, ...args));
});
http.listen(Number(values.port), values.host);
