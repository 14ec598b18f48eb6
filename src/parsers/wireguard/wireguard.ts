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

const NONE = '(none)';
const KEY = /^[A-Za-z0-9+/]{43}=$/;

class Listing {
  readonly devices = new Map<string, Device>();
  #named = '';

  /** A line of one section: the device first, and for peers their key. False when it is none. */
  take(section: string, columns: readonly string[], origin: Wireguard['origin']): boolean {
    if (section === 'endpoints') return this.#endpoints(columns, origin);
    const [dev = '', second = '', third = ''] = columns;
    const device = this.#device(dev, origin);
    const peer = peerOf(device, second);
    const keep = (more: Partial<Omit<Device, 'peers'>>): void => void this.devices.set(dev, { ...device, ...more });
    if (dev === '' || second === '') return false;
    keep({});
    if (section === 'public-key') keep({ publicKey: second === NONE ? undefined : second });
    else if (section === 'listen-port') keep({ port: wholeNumber(second) });
    else if (section === 'fwmark') keep({ mark: markOf(second) });
    else if (section === 'allowed-ips') {
      const allowed = third.split(/\s+/).flatMap((text) => parseCidr(text) ?? []);
      device.peers.set(second, { ...peer, allowed });
    } else if (section === 'latest-handshakes') device.peers.set(second, { ...peer, handshake: wholeNumber(third) });
    else return false;
    return true;
  }

  /** `wg` names a device once here, without an end of the line where it has no peer (wireguard-tools, show.c, ugly_print). */
  #endpoints(columns: readonly string[], origin: Wireguard['origin']): boolean {
    const at = columns.findIndex((column) => KEY.test(column));
    const [key = '', end = ''] = at < 0 ? [] : columns.slice(at);
    const devices = (at < 0 ? columns : columns.slice(0, at)).filter((column) => column !== '');
    for (const dev of devices) this.devices.set(dev, this.#device(dev, origin));
    this.#named = devices.at(-1) ?? this.#named;
    if (this.#named === '' || devices.some((dev) => dev.length > LONGEST_NAME)) return false;
    const device = this.#device(this.#named, origin);
    if (key !== '') device.peers.set(key, { ...peerOf(device, key), endpoint: endpointOf(end) });
    return key !== '' || devices.length > 0;
  }

  #device(dev: string, origin: Wireguard['origin']): Device {
    return this.devices.get(dev) ?? { dev, publicKey: undefined, port: undefined, mark: undefined, peers: new Map(), origin };
  }
}

/** IFNAMSIZ without its end. */
const LONGEST_NAME = 15;

const peerOf = ({ peers }: Device, publicKey: string): Peer =>
  peers.get(publicKey) ?? { publicKey, endpoint: null, allowed: [], handshake: undefined };

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
