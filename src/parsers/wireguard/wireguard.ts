import type { FactOf } from '#facts/kinds';
import { parseCidr } from '#net/cidr';
import { parseIp } from '#net/ip';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wholeNumber } from '../lines.ts';

type Wireguard = FactOf<'wireguard'>;
type Peer = Wireguard['peers'][number];
type Device = Omit<Wireguard, 'peers'> & { readonly peers: Map<string, Peer> };

const SECTION = /^# wg show all (\S+)$/;
const END = /^(?:\[([0-9a-fA-F:.]+)(?:%\w+)?\]|([0-9.]+)):(\d{1,5})$/;

function endpointOf(text: string): Peer['endpoint'] {
  const [, six, four, port] = END.exec(text) ?? [];
  const address = parseIp(six ?? four ?? '');
  const number = wholeNumber(port);
  return address === undefined || number === undefined ? null : { address, port: number };
}

const markOf = (text: string): number | undefined => (text === 'off' ? 0 : /^0x[0-9a-f]{1,8}$/i.test(text) ? Number(text) : undefined);

class Listing {
  readonly devices = new Map<string, Device>();

  /** A line of one section: the device first, and for peers their key. False when it is none. */
  take(section: string, columns: readonly string[], origin: Wireguard['origin']): boolean {
    const [dev = '', second = '', third = ''] = columns;
    const device = this.devices.get(dev) ?? { dev, publicKey: undefined, port: undefined, mark: undefined, peers: new Map(), origin };
    const peer = device.peers.get(second) ?? { publicKey: second, endpoint: null, allowed: [], handshake: undefined };
    const keep = (more: Partial<Omit<Device, 'peers'>>): void => void this.devices.set(dev, { ...device, ...more });
    if (dev === '' || second === '') return false;
    keep({});
    if (section === 'public-key') keep({ publicKey: second });
    else if (section === 'listen-port') keep({ port: wholeNumber(second) });
    else if (section === 'fwmark') keep({ mark: markOf(second) });
    else if (section === 'endpoints') device.peers.set(second, { ...peer, endpoint: endpointOf(third) });
    else if (section === 'allowed-ips') {
      const allowed = third.split(/\s+/).flatMap((text) => parseCidr(text) ?? []);
      device.peers.set(second, { ...peer, allowed });
    } else if (section === 'latest-handshakes') device.peers.set(second, { ...peer, handshake: wholeNumber(third) });
    else return false;
    return true;
  }
}

function parse(input: Input): Parsed {
  const listing = new Listing();
  const problems: Problem[] = [];
  let section = input.argv.at(-1) ?? '';
  const sections = new Set<string>();
  for (const [index, line] of linesOf(input.text).entries()) {
    const heading = SECTION.exec(line);
    if (heading !== null) section = heading[1] ?? '';
    sections.add(section);
    if (heading !== null || line.trim() === '') continue;
    if (
      !listing.take(
        section,
        line.split('\t').map((column) => column.trim()),
        lineOf(input, index + 1),
      )
    )
      problems.push({ line: index + 1, why: `not of a WireGuard device: ${quoted(line.replace(/[A-Za-z0-9+/]{42,}=?/g, '…'))}` });
  }
  const facts = [...listing.devices.values()].map((device) => ({ ...device, peers: [...device.peers.values()] }));
  const whole = ['allowed-ips', 'endpoints'].every((one) => sections.has(one)) ? coverageOf(input) : [];
  return { readings: [reading('wireguard', facts, whole)], problems };
}

/** What `wg show all` tells without any secret, one section behind the other. */
export default defineFormat({
  id: 'wireguard',
  is: '`wg show all` by its parts that hold no secret',
  tells: ['wireguard'],
  recognise: (head) => (/^# wg show all \S+$/m.test(head) ? 1 : 0),
  parse,
});
