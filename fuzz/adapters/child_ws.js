#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The receiver of the npm package ws as a child of stdio.c:
//
//     WSCONFORM_CHILD='node fuzz/adapters/child_ws.js' build/fuzz/adapter_stdio build/fuzz/corpus/ws
//
// The package is looked for in $WSCONFORM_NODE_MODULES, then in build/node_modules.
'use strict';

const fs = require('fs');
const path = require('path');

const modules = process.env.WSCONFORM_NODE_MODULES ||
    path.join(__dirname, '..', '..', 'build', 'node_modules');
const { Receiver } = require(path.join(modules, 'ws'));

const PROFILE = 'utf8-at-message not-minimal loose-close-codes 1009-for-1002 max=9007199254740991';
const HEAD = 5;

let said = [];

function say(kind, ...body) {
    const length = body.reduce((sum, part) => sum + part.length, 0);
    const head = Buffer.alloc(HEAD);
    head.write(kind, 0, 'latin1');
    head.writeUInt32BE(length, 1);
    said.push(head, ...body);
}

function send() {
    let octets = Buffer.concat(said);
    said = [];
    while (octets.length > 0)
        octets = octets.subarray(fs.writeSync(1, octets));
}

function code(number) {
    const octets = Buffer.alloc(2);
    octets.writeUInt16BE(number);
    return octets;
}

// The code with which ws would close: it stands under a symbol of its own.
function codeOf(error) {
    const symbol = Object.getOwnPropertySymbols(error).find((one) => one.description === 'status-code');
    return symbol && error[symbol];
}

class Parser {
    constructor(isServer) {
        this.over = false;
        this.receiver = new Receiver({ isServer });
        this.receiver.on('message', (data, isBinary) => say(isBinary ? 'B' : 'T', data));
        this.receiver.on('ping', (data) => say('P', data));
        this.receiver.on('pong', (data) => say('Q', data));
        this.receiver.on('error', () => {}); // feed tells of it
        this.receiver.on('conclude', (number, reason) => {
            this.over = true;
            if (number === 1005)
                say('X');
            else
                say('X', code(number), reason);
        });
    }

    fail(error) {
        const number = codeOf(error);
        this.over = true;
        if (number === undefined)
            say('D', Buffer.from(`${error.name}: ${error.message}`));
        else
            say('!', code(number));
    }

    feed(octets) {
        if (this.over)
            return Promise.resolve();
        return new Promise((done) => this.receiver.write(octets, (error) => {
            if (error && !this.over)
                this.fail(error);
            done();
        }));
    }
}

let parser = null;

async function answer(kind, body) {
    try {
        if (kind === 'O')
            parser = new Parser(body.toString() === 'server');
        else if (kind === 'F')
            await parser.feed(body);
    } catch (error) {
        say('D', Buffer.from(`${error.name}: ${error.message}`));
    }
    say('.');
}

async function serve() {
    let rest = Buffer.alloc(0);
    say('H', Buffer.from(PROFILE));
    send();
    for await (const octets of process.stdin) {
        rest = Buffer.concat([rest, octets]);
        while (rest.length >= HEAD && rest.length - HEAD >= rest.readUInt32BE(1)) {
            const end = HEAD + rest.readUInt32BE(1);
            // A copy: ws unmasks in place and keeps what it is given.
            await answer(String.fromCharCode(rest[0]), Buffer.from(rest.subarray(HEAD, end)));
            rest = rest.subarray(end);
        }
        send();
    }
}

serve();
