import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { openIn, SOCK } from './libc.ts';

export type Closing = { readonly close: () => void };

/** Answers one datagram, or nothing. */
export type Responder = (request: Buffer) => Buffer | undefined;

/** Listens for TCP in another namespace and hands each connection to `serve`. */
export function listenTcp(netns: string, address: string, port: number, serve: (socket: Socket) => void): Closing {
  const socket = openIn(netns, SOCK.stream, 0);
  check(socket.bind(address, port), `${address}:${port}/tcp`);
  check(socket.listen(), `${address}:${port}/tcp`);
  const open = new Set<Socket>();
  const server = createServer((connection) => {
    open.add(connection);
    connection.on('error', () => connection.destroy());
    connection.on('close', () => open.delete(connection));
    serve(connection);
  });
  server.listen({ fd: socket.fd });
  return {
    close: () => {
      server.close();
      for (const connection of open) connection.destroy();
    },
  };
}

/** Listens for UDP in another namespace and sends back what `respond` makes of each datagram. */
export function listenUdp(netns: string, address: string, port: number, respond: Responder): Closing {
  const raw = openIn(netns, SOCK.datagram, 0);
  check(raw.bind(address, port), `${address}:${port}/udp`);
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  socket.on('message', (request, from) => {
    const response = respond(request);
    if (response !== undefined) socket.send(response, from.port, from.address, () => {});
  });
  socket.bind({ fd: raw.fd });
  return { close: () => socket.close() };
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`cannot listen on ${what}: errno ${-result}`);
}

/** Sends back whatever comes, over TCP and UDP. */
export function listenEcho(netns: string, port: number): Closing {
  const tcp = listenTcp(netns, '0.0.0.0', port, (connection) => connection.pipe(connection));
  const udp = listenUdp(netns, '0.0.0.0', port, (request) => request);
  return {
    close: () => {
      tcp.close();
      udp.close();
    },
  };
}
