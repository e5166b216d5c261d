import { Socket } from 'node:net';
import { WebSocket } from 'ws';

const neverConnected = () => Object.assign(new Socket(), { connecting: true });

/** For what needs a socket and nobody at its other end: it never opens, and closes when a test says so. */
export const unopenedSocket = () => new WebSocket('ws://localhost', { createConnection: neverConnected });
