import type { FactOf } from '#facts/kinds';
import { familyOf, fromBits, type Ip, isUnspecified, parseIp, toBits } from '#net/ip';
import { portNumber } from './lines.ts';

export type Socket = FactOf<'socket'>;

/** One end of a socket as a tool writes it. */
export type End = {
  /** `null`: written as `*`. */
  readonly address: Ip | null;
  readonly family: 4 | 6 | undefined;
  readonly dev: string | null;
  /** `null`: written as `*`. */
  readonly port: number | null;
};

const MAPPED = 0xffff00000000n;

/** An IPv4-mapped IPv6 address as the IPv4 address that it stands for. */
export function unmapped(address: Ip): Ip {
  if (familyOf(address) === 4) return address;
  const bits = toBits(address);
  return bits >> 32n === MAPPED >> 32n ? fromBits(bits & 0xffffffffn, 4) : address;
}

/** `10.0.0.1:80`, `[::1]:80`, `:::80`, `*:*`, `127.0.0.53%lo:53`, `fe80::1%eth0:546`; nothing when it is none. */
export function endOf(text: string): End | undefined {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return undefined;
  const port = text.slice(colon + 1) === '*' ? null : portNumber(text.slice(colon + 1));
  if (port === undefined) return undefined;
  const [name = '', dev = null] = splitDevice(text.slice(0, colon));
  if (name === '*') return { address: null, family: undefined, dev, port };
  const address = parseIp(name);
  if (address === undefined) return undefined;
  return { address: unmapped(address), family: familyOf(address), dev, port };
}

/** The device may stand in the brackets (`[fe80::1%eth0]`) or behind them. */
function splitDevice(text: string): readonly [string, string | null] {
  const plain = text.replace('[', '').replace(']', '');
  const percent = plain.indexOf('%');
  return percent < 0 ? [plain, null] : [plain.slice(0, percent), plain.slice(percent + 1)];
}

/** The states by their number in /proc/net/tcp, as `ss` writes them (include/net/tcp_states.h). */
export const STATES = [
  undefined,
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'UNCONN',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
  'SYN-RECV', // NEW_SYN_RECV
] as const;

/** What the tools call the states, as `ss` writes them. */
export const STATE_NAMES: ReadonlyMap<string, string> = new Map([
  ['ESTABLISHED', 'ESTAB'],
  ['SYN_SENT', 'SYN-SENT'],
  ['SYN_RECV', 'SYN-RECV'],
  ['FIN_WAIT1', 'FIN-WAIT-1'],
  ['FIN_WAIT2', 'FIN-WAIT-2'],
  ['TIME_WAIT', 'TIME-WAIT'],
  ['CLOSE', 'UNCONN'],
  ['CLOSE_WAIT', 'CLOSE-WAIT'],
  ['LAST_ACK', 'LAST-ACK'],
  ['LISTEN', 'LISTEN'],
  ['CLOSING', 'CLOSING'],
]);

/** The far end as a fact has it: nothing when it is any address and any port. */
export function remoteOf({ address, port }: Pick<End, 'address' | 'port'>): Socket['remote'] {
  const anybody = address === null || isUnspecified(address);
  if (anybody && (port === null || port === 0)) return null;
  return { address: anybody ? null : address, port: port ?? 0 };
}
