import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * node sockets.ts serve | client: holds TCP and UDP sockets of the recorded world in as many states as can be made,
 * until its stdin ends. `client` prints `ready` when a stage stands, and begins the next one at a line on stdin.
 */
const NODE = '10.244.1.1';
const POD = '10.244.1.10';
const DEAF = '10.244.1.12';
const SERVICE = '10.96.31.62';
const NOBODY = '10.244.1.250';
const held = new Set<Socket>();

function hold(socket: Socket): Socket {
  held.add(socket);
  return socket.on('error', () => socket.destroy());
}

function listen(port: number, on: (socket: Socket) => void): void {
  createServer({ allowHalfOpen: true }, (socket) => on(hold(socket))).listen({ port, backlog: 64 });
}

function serve(): void {
  listen(8080, (socket) => socket.on('data', (data) => socket.write(data)));
  listen(8081, (socket) => socket.pause()); // never reads: the sender meets a closed window
  listen(8082, (socket) => socket.resume()); // never closes its own half
  listen(8083, (socket) => socket.on('end', () => socket.end()).resume()); // closes when the other side does
  listen(8084, (socket) => process.on('SIGUSR2', () => socket.end()).on('SIGUSR1', () => {}));
  listen(8085, (socket) => process.on('SIGUSR1', () => socket.end()));
  process.on('SIGUSR1', () => hold(connect(10250, NODE)));
  const echo = createSocket('udp4');
  echo.on('message', (text, from) => echo.send(text, from.port, from.address)).bind(8081);
  createSocket('udp6').bind(5353, '::1');
  console.log('ready');
}

function open(port: number, host: string): Promise<Socket> {
  const socket = hold(connect({ port, host, allowHalfOpen: true }));
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    setTimeout(() => resolve(socket), 500).unref();
  });
}

/** Sockets to a server that hears us. */
async function openOnes(): Promise<void> {
  createServer().listen(10250, '::');
  createServer().listen(10248, '127.0.0.1');
  createSocket('udp4').bind(8285);
  (await open(8080, POD)).write('hello');
  (await open(8080, POD)).setKeepAlive(true, 600_000);
  (await open(8081, POD)).write(Buffer.alloc(8_000_000));
  (await open(8082, POD)).end();
  (await open(80, SERVICE)).write('through the service');
  await open(8090, POD); // nobody listens there
  const asked = createSocket('udp4').on('error', () => {});
  asked.connect(81, SERVICE, () => asked.send('ping'));
  createSocket('udp4').send('anyone?', 5000, NOBODY);
}

async function client(next: () => Promise<void>): Promise<void> {
  await openOnes();
  const [late, halfClosed, closing, lastAck] = [
    await open(8080, DEAF),
    await open(8082, DEAF),
    await open(8085, DEAF),
    await open(8084, DEAF),
  ];
  await next(); // DEAF has closed its half of lastAck, and hears nothing from here on
  late.write('never acknowledged');
  for (const socket of [halfClosed, closing, lastAck]) socket.end();
  hold(connect(9999, NOBODY));
  await wait(300);
  for (;;) {
    await next();
    (await open(8083, POD)).end(); // leaves a TIME-WAIT behind
    await wait(100);
  }
}

if (process.argv[2] === 'serve') serve();
else {
  const lines: (() => void)[] = [];
  process.stdin.on('data', () => lines.shift()?.());
  void client(
    () =>
      new Promise((resolve) => {
        lines.push(resolve);
        console.log('ready');
      }),
  );
}
process.stdin.on('end', () => process.exit(0)).resume();
