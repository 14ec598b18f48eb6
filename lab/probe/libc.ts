import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';

/** The few system calls that Node has no way to: one process opens sockets in all namespaces of the lab. */
const libc = koffi.load(null);
const setns: (fd: number, type: number) => number = libc.func('int setns(int fd, int type)');
const openSocket: (family: number, type: number, protocol: number) => number = libc.func('int socket(int a, int b, int c)');
const bindTo: (fd: number, address: Buffer, size: number) => number = libc.func('int bind(int a, const uint8_t *b, uint32_t c)');
const listenOn: (fd: number, backlog: number) => number = libc.func('int listen(int a, int b)');
const connectTo: (fd: number, address: Buffer, size: number) => number = libc.func('int connect(int a, const uint8_t *b, uint32_t c)');
const setOption: (fd: number, level: number, name: number, value: Buffer, size: number) => number = libc.func(
  'int setsockopt(int a, int b, int c, const uint8_t *d, uint32_t e)',
);
const getOption: (fd: number, level: number, name: number, value: Buffer, size: Buffer) => number = libc.func(
  'int getsockopt(int a, int b, int c, _Out_ uint8_t *d, _Inout_ uint8_t *e)',
);
const getName: (fd: number, address: Buffer, size: Buffer) => number = libc.func(
  'int getsockname(int a, _Out_ uint8_t *b, _Inout_ uint8_t *c)',
);
const peerName: (fd: number, address: Buffer, size: Buffer) => number = libc.func(
  'int getpeername(int a, _Out_ uint8_t *b, _Inout_ uint8_t *c)',
);
const sendBytes: (fd: number, bytes: Buffer, size: number, flags: number, to: Buffer | null, toSize: number) => number = libc.func(
  'long sendto(int a, const uint8_t *b, size_t c, int d, const uint8_t *e, uint32_t f)',
);
const receiveBytes: (fd: number, bytes: Buffer, size: number, flags: number) => number = libc.func(
  'long recv(int a, _Out_ uint8_t *b, size_t c, int d)',
);

export const AF_INET = 2;
export const SOCK = { stream: 1, datagram: 2, raw: 3 } as const;
export const IPPROTO = { ip: 0, icmp: 1, tcp: 6, udp: 17 } as const;
const [CLONE_NEWNET, SOCK_NONBLOCK, SOCK_CLOEXEC, MSG_DONTWAIT, MSG_NOSIGNAL] = [0x40000000, 0o4000, 0o2000000, 0x40, 0x4000];
const [SOL_SOCKET, SO_REUSEADDR, SO_ERROR, SO_LINGER, IP_MTU_DISCOVER] = [1, 2, 4, 13, 10];

/** errno values that a probe tells apart. */
export const ERRNO = {
  again: 11,
  inProgress: 115,
  refused: 111,
  messageTooLong: 90,
  noRoute: 113,
  netUnreachable: 101,
  notPermitted: 1,
} as const;

/** Does something in another network namespace, without a pause in between, and comes back. */
function within<T>(netns: string, work: () => T): T {
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const there = openSync(netns, 'r');
  try {
    if (setns(there, CLONE_NEWNET) !== 0) throw new Error(`cannot enter ${netns}: errno ${koffi.errno()}`);
    return work();
  } finally {
    setns(home, CLONE_NEWNET);
    closeSync(there);
    closeSync(home);
  }
}

function addressBytes(address: string, port: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  for (const [at, part] of address.split('.').entries()) bytes.writeUInt8(Number(part), 4 + at);
  return bytes;
}

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** One socket in the namespace that it was opened in. Results below zero are a negated errno. */
export type RawSocket = {
  readonly fd: number;
  readonly bind: (address: string, port: number) => number;
  readonly listen: () => number;
  readonly connect: (address: string, port: number) => number;
  readonly send: (bytes: Buffer, to?: string) => number;
  readonly receive: () => Buffer | number;
  readonly error: () => number;
  readonly isConnected: () => boolean;
  /** Closing resets the connection, so that its ports are free at once. */
  readonly resetOnClose: () => void;
  readonly localPort: () => number;
  readonly fragment: (allowed: boolean) => void;
  readonly close: () => void;
};

/** Opens a socket in the namespace of that file; it never blocks. */
export function openIn(netns: string, type: number, protocol: number): RawSocket {
  const result = within(netns, () => {
    const opened = openSocket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    return opened < 0 ? -koffi.errno() : opened;
  });
  if (result < 0) throw new Error(`no socket in ${netns}: errno ${-result}`);
  return socketOf(result);
}

function socketOf(fd: number): RawSocket {
  const answer = (result: number): number => (Number(result) < 0 ? -koffi.errno() : Number(result));
  const buffer = Buffer.alloc(70_000);
  let open = true;
  return {
    fd,
    bind: (address, port) => {
      setOption(fd, SOL_SOCKET, SO_REUSEADDR, word(1), 4);
      return answer(bindTo(fd, addressBytes(address, port), 16));
    },
    listen: () => answer(listenOn(fd, 128)),
    connect: (address, port) => answer(connectTo(fd, addressBytes(address, port), 16)),
    send: (bytes, to) =>
      answer(sendBytes(fd, bytes, bytes.length, MSG_NOSIGNAL, to === undefined ? null : addressBytes(to, 0), to === undefined ? 0 : 16)),
    receive: () => {
      const size = answer(receiveBytes(fd, buffer, buffer.length, MSG_DONTWAIT));
      return size < 0 ? size : Buffer.from(buffer.subarray(0, size));
    },
    error: () => {
      const value = word(0);
      getOption(fd, SOL_SOCKET, SO_ERROR, value, word(4));
      return value.readInt32LE();
    },
    isConnected: () => peerName(fd, Buffer.alloc(16), word(16)) === 0,
    resetOnClose: () => void setOption(fd, SOL_SOCKET, SO_LINGER, Buffer.concat([word(1), word(0)]), 8),
    localPort: () => {
      const address = Buffer.alloc(16);
      getName(fd, address, word(16));
      return address.readUInt16BE(2);
    },
    // IP_PMTUDISC_DO is 2 (never fragment), IP_PMTUDISC_DONT is 0.
    fragment: (allowed) => void setOption(fd, IPPROTO.ip, IP_MTU_DISCOVER, word(allowed ? 0 : 2), 4),
    close: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}
