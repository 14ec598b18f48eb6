import type { Observed, Probe } from '../vocabulary.ts';
import { echoRequest, type IcmpError, icmpName, type Quoted, readIcmp } from './icmp.ts';
import { ERRNO, IPPROTO, openIn, type RawSocket, SOCK } from './libc.ts';
import { lookUntil } from './looking.ts';
import { sourcePorts } from './source-ports.ts';

/** What a probe saw, and how. */
export type Sighting = { readonly observed: Observed; readonly how: string; readonly afterMs: number };

/** A probe with the namespace that it starts in. */
export type Placed = Probe & { readonly netns: string };

/** Every pod listens here, with TCP and UDP. */
export const ECHO_PORT = 8080;

/** Three ARP requests that nobody answers take 0.9 s in the lab; then the error still has to travel. */
const WAIT_MS = 1600;

/** One after the other for all namespaces of this process, which are entered from nowhere else. */
const freshPort = sourcePorts();

type Running = {
  readonly probe: Placed;
  readonly key: Quoted;
  readonly socket: RawSocket;
  readonly startedAt: number;
  /** Bytes of the request that went out, and that came back (TCP only). */
  sent: number;
  echoed: number;
  seen?: Sighting;
};

/** Sends all probes at once and waits, bounded, for what comes back. */
export async function measure(probes: readonly Placed[], waitMs = WAIT_MS): Promise<readonly Sighting[]> {
  const ears = new Map<string, RawSocket>();
  for (const { netns } of probes) if (!ears.has(netns)) ears.set(netns, openIn(netns, SOCK.raw, IPPROTO.icmp));
  const running = probes.map((probe, at) => start(probe, at, ears));
  const listen = (): void => {
    for (const [netns, ear] of ears)
      hear(
        ear,
        running.filter(({ probe }) => probe.netns === netns),
      );
  };
  await lookUntil(() => {
    listen();
    for (const one of running) if (one.seen === undefined) look(one, listen);
    return running.every(({ seen }) => seen !== undefined);
  }, waitMs);
  for (const { socket } of running) socket.close();
  for (const ear of ears.values()) ear.close();
  return running.map(({ seen }) => seen ?? { observed: 'silence', how: 'nothing came back', afterMs: waitMs });
}

function note(one: Running, observed: Observed, how: string): void {
  one.seen ??= { observed, how, afterMs: Math.round(performance.now() - one.startedAt) };
}

function start(probe: Placed, at: number, ears: ReadonlyMap<string, RawSocket>): Running {
  const port = probe.port ?? ECHO_PORT;
  const number = IPPROTO[probe.protocol];
  const own = probe.protocol !== 'icmp';
  const ear = ears.get(probe.netns);
  if (ear === undefined) throw new Error(`nobody listens in ${probe.netns}`);
  const socket = own
    ? openIn(probe.netns, probe.protocol === 'tcp' ? SOCK.stream : SOCK.datagram, 0)
    : openIn(probe.netns, SOCK.raw, IPPROTO.icmp);
  if (probe.df !== undefined || !own) socket.fragment(probe.df !== true);
  if (probe.protocol === 'tcp') socket.resetOnClose();
  if (own) socket.bind('0.0.0.0', probe.sport ?? freshPort());

  const id = (process.pid * 31 + Math.floor(performance.now()) + at) & 0xffff;
  const result = own ? socket.connect(probe.to, port) : socket.send(echoRequest(id, at & 0xffff, probe.size ?? 84), probe.to);
  const key: Quoted = own
    ? { protocol: number, to: probe.to, sport: socket.localPort(), dport: port }
    : { protocol: number, to: probe.to, sport: id, dport: at & 0xffff };
  const one: Running = { probe, key, socket, startedAt: performance.now(), sent: 0, echoed: 0 };
  if (result < 0 && result !== -ERRNO.inProgress) failed(one, -result);
  else if (probe.protocol === 'udp') {
    const sent = socket.send(Buffer.alloc(Math.max(1, (probe.size ?? 60) - 28), 0x4c));
    if (sent < 0) failed(one, -sent);
  }
  return one;
}

/** What the sender's own kernel answers at once. */
function failed(one: Running, errno: number): void {
  if (errno === ERRNO.refused) note(one, 'answers', 'refused by the peer');
  else if (errno === ERRNO.noRoute) note(one, 'unreachable', 'host unreachable, told by its own kernel');
  else if (errno === ERRNO.netUnreachable) note(one, 'unreachable', 'network unreachable, told by its own kernel');
  else if (errno === ERRNO.messageTooLong) note(one, 'unreachable', 'message too long, told by its own kernel');
  else if (errno === ERRNO.notPermitted) note(one, 'silence', 'its own firewall did not let it out');
  else note(one, 'unreachable', `errno ${errno}`);
}

function hear(ear: RawSocket, running: readonly Running[]): void {
  for (let packet = ear.receive(); typeof packet !== 'number'; packet = ear.receive()) {
    const heard = readIcmp(packet);
    if (heard === undefined) continue;
    if ('reply' in heard) {
      const { id, sequence } = heard.reply;
      const asked = running.find(({ key }) => key.protocol === IPPROTO.icmp && key.sport === id && key.dport === sequence);
      if (asked !== undefined) note(asked, 'answers', 'echo reply');
    } else complain(heard.error, running);
  }
}

function complain(error: IcmpError, running: readonly Running[]): void {
  const blamed = running.find(
    ({ key }) =>
      key.protocol === error.about.protocol &&
      key.to === error.about.to &&
      key.sport === error.about.sport &&
      key.dport === error.about.dport,
  );
  if (blamed === undefined) return;
  const how = `${icmpName(error)} from ${error.from}`;
  const fromPeer = error.type === 3 && error.code === 3 && error.from === blamed.probe.to;
  note(blamed, fromPeer ? 'answers' : 'unreachable', how);
}

/** Asks a probe's own socket. `listen` comes before what the socket says of a refusal: an ICMP error tells who refused. */
function look(one: Running, listen: () => void): void {
  if (one.probe.protocol === 'icmp') return;
  const error = one.socket.error();
  if (error !== 0) {
    listen();
    failed(one, error);
  } else if (one.probe.protocol === 'tcp') lookTcp(one);
  else if (typeof one.socket.receive() !== 'number') note(one, 'answers', 'echo');
}

/** A request of a given size must come back whole. */
function lookTcp(one: Running): void {
  if (!one.socket.isConnected()) return;
  const size = one.probe.size ?? 0;
  if (size === 0) note(one, 'answers', 'connected');
  if (one.sent < size) one.sent += Math.max(0, one.socket.send(Buffer.alloc(size - one.sent, 0x4c)));
  for (let bytes = one.socket.receive(); typeof bytes !== 'number' && bytes.length > 0; bytes = one.socket.receive())
    one.echoed += bytes.length;
  if (size > 0 && one.echoed >= size) note(one, 'answers', `${size} bytes echoed`);
}
