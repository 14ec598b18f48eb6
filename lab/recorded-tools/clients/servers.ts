import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { respond } from '../../stand-ins/dns/responder.ts';
import { ANSWERED_WITH, ANSWERS, PORTS, ZONE } from './asked.ts';

/** node servers.ts: the name server and the TCP ports of the address that answers, until stdin ends. */
const page = (status: string): string => `HTTP/1.1 ${status}\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n`;

function answer(query: Buffer): Buffer | undefined {
  const reply = respond(ZONE, query);
  const asked = Object.keys(ANSWERED_WITH).find((name) => query.includes(labels(name)));
  if (reply !== undefined && asked !== undefined) reply.writeUInt8((reply.readUInt8(3) & 0xf0) | (ANSWERED_WITH[asked] ?? 0), 3);
  return reply;
}

const labels = (name: string): Buffer =>
  Buffer.concat(name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]));

/** DNS over TCP: each message after its length. */
function answerStream(socket: Socket): void {
  socket.on('data', (chunk) => {
    if (chunk.length < 2) return;
    const reply = answer(chunk.subarray(2, 2 + chunk.readUInt16BE(0)));
    if (reply === undefined) return;
    const size = Buffer.alloc(2);
    size.writeUInt16BE(reply.length);
    socket.write(Buffer.concat([size, reply]));
  });
}

const listen = (port: number, on: (socket: Socket) => void): void =>
  void createServer((socket) => {
    socket.on('error', () => socket.destroy());
    on(socket);
  }).listen(port, ANSWERS);

const udp = createSocket('udp4');
udp.on('message', (query, from) => {
  const reply = answer(query);
  if (reply !== undefined) udp.send(reply, from.port, from.address);
});
udp.on('error', () => {}); // a client that has gone
udp.bind(53, ANSWERS, () => console.log('ready'));
listen(53, answerStream);
listen(PORTS.web, (socket) => socket.once('data', () => socket.end(page('200 OK'))));
listen(PORTS.busy, (socket) => socket.once('data', () => socket.end(page('503 Service Unavailable'))));
listen(PORTS.mute, (socket) => socket.resume());
listen(PORTS.ends, (socket) => socket.once('data', () => socket.end()));
listen(PORTS.resets, (socket) => socket.once('data', () => socket.resetAndDestroy()));
listen(PORTS.greets, (socket) => socket.end('220 greets.test\r\n'));
process.stdin.on('end', () => process.exit(0)).resume();
