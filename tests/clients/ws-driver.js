// SPDX-License-Identifier: MIT
// A driver with the npm package ws: asks for the number of cases, runs each, has the reports
// written. WSCONFORM_URL says where; the argument is the agent's name.
'use strict';
const WebSocket = require('ws');

const base = process.env.WSCONFORM_URL || 'ws://127.0.0.1:9001';
const agent = encodeURIComponent(process.argv[2] || 'ws');

function ask(path, done) {
  let said;
  const socket = new WebSocket(base + path);
  socket.on('message', (data) => { said = data.toString(); });
  socket.on('error', () => {});
  socket.on('close', () => done(said));
}

function run(number, count) {
  if (number > count) return ask(`/updateReports?agent=${agent}`, () => {});
  const socket = new WebSocket(`${base}/runCase?case=${number}&agent=${agent}`);
  socket.on('message', (data, binary) => socket.send(data, { binary }));
  socket.on('error', () => {});
  socket.on('close', () => run(number + 1, count));
}

ask('/getCaseCount', (count) => run(1, Number(count)));
