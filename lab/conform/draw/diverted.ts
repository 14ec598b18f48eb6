import type { Site } from './construct.ts';
import type { Aim } from './packet.ts';
import { addressesOf } from './pool.ts';
import type { Rule } from './rule.ts';
import { ip, line } from './ways.ts';

/** The mark of what a transparent proxy is to have, with its mask. */
export const PROXIED = 0x100;
const MARK = `0x${PROXIED.toString(16)}`;

/** What is led to a socket, and to which. */
export type Diversion = {
  readonly protocol: 'udp' | 'tcp';
  readonly dport: number;
  /** `0`: the packet's own port. */
  readonly toPort: number;
  /** `null`: that of the device that the packet came in by. */
  readonly toAddress: string | null;
  readonly aims: readonly Aim[];
};

/** Sockets on 443 and 9090 are transparent, some of all addresses, some of one; those on 53 are not. */
const TO = { udp: [443, 443, 9090, 9090, 53, 0], tcp: [443, 443, 443, 80, 0] } as const;

/** Draws what is led to which socket of a namespace, and packets for it. */
export function diversion({ dice, layout, here, family, pool }: Site): Diversion {
  const protocol = dice.pick(['udp', 'udp', 'tcp'] as const);
  const dport = dice.pick(pool.ports);
  const own = addressesOf(layout, here.name, family);
  const toAddress = dice.roll(3) === 0 && own.length > 0 ? dice.pick(own) : null;
  // an end gets what is for itself alone
  const reached = here.role === 'end' ? own : dice.shuffle(pool.addresses).slice(0, 5);
  const aims = reached.map((destination) => ({ protocol, destination, dport }));
  return { protocol, dport, toPort: dice.pick(TO[protocol]), toAddress, aims: [...aims, ...aims] };
}

/** The rule and the table that lead what has the mark to its namespace, whatever its address; sometimes nobody has written them. */
export function ledHere(site: Site): readonly Rule[] {
  const { dice, family } = site;
  if (dice.roll(4) === 0) return [];
  const table = 700 + dice.roll(90);
  const to = dice.pick(['default', 'default', family === 4 ? '10.0.0.0/8' : 'fd00::/16']);
  return [
    line(site, `${ip(site)} rule add fwmark ${MARK}/${MARK} priority ${100 + dice.roll(800)} lookup ${table}`),
    line(site, `${ip(site)} route replace local ${to} dev lo table ${table}`),
  ];
}
