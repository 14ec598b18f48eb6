import type { FactOf } from '#facts/kinds';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, type Reading, reading } from '../format.ts';
import { askedOf, coverageUnfiltered } from '../iproute2.ts';
import { groupName, hardwareName } from '../iproute2-numbers.ts';
import { linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';
import { addressOf } from './address-words.ts';
import { type CounterRow, countersOf, isCounterHeading } from './counter-rows.ts';
import { after, detailed, withDetail } from './details.ts';
import { asOfOneFamily, isOfOneFamily, type Link, linkOf, looksWhole, withoutGuessedPeers, withPeerIndexes } from './device.ts';
import { flagsOf } from './flags.ts';

type Line = { readonly number: number; readonly text: string };

const DEVICE = /^(\d{1,9}):\s*([^\s:]{1,80}):? +<([^>]{0,300})>/;
/** `ip -o addr` names the device without its flags. */
const ONE_ADDRESS = /^(\d{1,9}):\s+(\S{1,80})\s+(inet6?\s.*)$/;

/** The lines of the text; `-o` writes several into one, with backslashes between. */
function* shownLines(text: string): Generator<Line> {
  for (const [index, line] of linesOf(text).entries()) {
    if (!line.includes('\\')) yield { number: index + 1, text: line };
    else for (const part of line.split('\\')) yield { number: index + 1, text: part };
  }
}

/** What is read of the device that the lines are in. */
type Device = { link: Link; rows: CounterRow[]; heading: string | undefined; isAddressed: boolean };

class Listing {
  readonly #input: Input;
  readonly links: Link[] = [];
  readonly addresses: FactOf<'address'>[] = [];
  readonly counters: FactOf<'link-counters'>[] = [];
  readonly problems: Problem[] = [];
  /** Whether an address was there that could not be read. */
  isAddressLost = false;
  /** Whether a device was: what stands behind its line is not of the device before. */
  isDeviceLost = false;
  #device: Device | undefined;

  constructor(input: Input) {
    this.#input = input;
  }

  take(line: Line): void {
    const { text } = line;
    if (text.trim() === '') return;
    const device = DEVICE.exec(text);
    if (device !== null) {
      this.end();
      this.#device = { link: this.#linkOf(line, device), rows: [], heading: undefined, isAddressed: false };
      return;
    }
    const one = ONE_ADDRESS.exec(text);
    if (one !== null) this.#address(line, (one[2] ?? '').split('@')[0] ?? '', wordsOf(one[3] ?? ''));
    else if (/^\S/.test(text) && !IGNORED.has(wordsOf(text)[0] ?? '')) {
      this.end();
      this.isDeviceLost = true;
      this.#problem(line);
    } else if (this.#device !== undefined) this.#detail(line, this.#device);
    else if (!IGNORED.has(wordsOf(text)[0] ?? '')) this.#problem(line);
  }

  /** Nothing more comes of the device. */
  end(): void {
    const device = this.#device;
    if (device === undefined) return;
    this.links.push(device.link);
    if (device.rows.length > 0) this.counters.push(countersOf(device.link.name, device.rows, device.link.origin));
    this.#device = undefined;
  }

  #linkOf({ number, text }: Line, found: RegExpExecArray): Link {
    const words = wordsOf(text.slice(found[0].length));
    const group = after(words, 'group');
    const attached = {
      ...(group === undefined ? {} : { group: groupName(group) }),
      xdp: words.includes('xdp') || words.includes('xdpgeneric'),
    };
    const link = linkOf({
      name: found[2] ?? '',
      index: wholeNumber(found[1]),
      flags: flagsOf(found[3] ?? ''),
      mtu: wholeNumber(after(words, 'mtu')),
      operState: after(words, 'state'),
      master: after(words, 'master') ?? null,
      linkType: undefined,
      address: undefined,
      netnsid: undefined,
      elsewhere: false,
      origin: lineOf(this.#input, number),
    });
    return { ...link, ...attached };
  }

  #detail(line: Line, device: Device): void {
    const words = wordsOf(line.text);
    const first = words[0] ?? '';
    if (device.heading !== undefined) {
      device.rows.push({ heading: device.heading, numbers: line.text });
      device.heading = undefined;
    } else if (isCounterHeading(line.text)) device.heading = line.text;
    else if (first.startsWith('link/')) device.link = linkLine(device.link, words);
    else if (first === 'inet' || first === 'inet6') {
      device.isAddressed = true;
      this.#address(line, device.link.name, words);
    } else if (IGNORED.has(first)) return;
    // details stand before the addresses
    else if (device.link.vxlan !== undefined && !device.isAddressed && KIND.test(first)) device.link = withDetail(device.link, words);
    else {
      this.isAddressLost = true;
      this.#problem(line);
    }
  }

  #address(line: Line, dev: string, words: readonly string[]): void {
    const address = addressOf(dev, words, lineOf(this.#input, line.number));
    if (address !== undefined) this.addresses.push(address);
    else {
      this.isAddressLost = true;
      this.#problem(line);
    }
  }

  #problem({ number, text }: Line): void {
    this.problems.push({ line: number, why: `not a line of ip link or addr: ${quoted(text.trim())}` });
  }
}

/** What a kind of device may be called, and what else heads a line of details. */
const KIND = /^[a-z][a-z0-9_-]*$/;

const IGNORED = new Set(['alias', 'altname', 'valid_lft', 'vf', 'prog/xdp', 'xdp', 'inet_diag', 'ifb_queue', 'protodown']);

/** `link/ether MAC brd MAC link-netnsid 0 promiscuity 0 …` joined to the line before it. */
function linkLine(link: Link, words: readonly string[]): Link {
  const type = hardwareName((words[0] ?? '').slice('link/'.length));
  const hasPeer = link.peerIndex !== null || link.peerName !== null;
  const peer = link.peerName ?? (typeof link.peerIndex === 'number' ? `if${link.peerIndex}` : undefined);
  const told = linkOf({
    name: hasPeer && peer !== undefined ? `${link.name}@${peer}` : link.name,
    index: undefined,
    flags: [],
    mtu: undefined,
    operState: undefined,
    master: undefined,
    linkType: type,
    address: words[1],
    netnsid: wholeNumber(after(words, 'link-netnsid')),
    elsewhere: words.includes('link-netns'),
    origin: link.origin,
  });
  const { mac, peerIndex, peerNsid, peerName } = told;
  const whole: Link = { ...link, mac, peerIndex, peerNsid, peerName, type: told.type };
  if (!words.includes('promiscuity')) return whole;
  const segs = wholeNumber(after(words, 'gso_max_segs'));
  const promiscuity = wholeNumber(after(words, 'promiscuity'));
  return detailed({ ...(segs === undefined ? whole : { ...whole, gsoMaxSegs: segs }), promiscuity });
}

function parse(input: Input): Parsed {
  const listing = new Listing(input);
  for (const line of shownLines(input.text)) listing.take(line);
  listing.end();
  const { links, addresses, counters, problems, isAddressLost, isDeviceLost } = listing;
  const listed = { facts: addresses, isListed: addresses.length > 0 || isAddressLost, isLost: isAddressLost };
  return { readings: readingsOf(input, { facts: links, isLost: isDeviceLost }, listed, counters), problems };
}

/** The addresses of a listing: whether it lists any at all, and whether one of them could not be read. */
export type Addresses = { readonly facts: readonly FactOf<'address'>[]; readonly isListed: boolean; readonly isLost: boolean };

/** The devices of a listing, and whether one of them could not be read. */
export type Devices = { readonly facts: readonly Link[]; readonly isLost: boolean };

/** The readings of a listing of devices, each covering what was asked for. `ip addr` names itself by its addresses. */
export function readingsOf(
  input: Input,
  { facts: links, isLost }: Devices,
  addresses: Addresses,
  counters: readonly FactOf<'link-counters'>[],
): readonly Reading[] {
  const asked = askedOf(input);
  const ofOneFamily = isOfOneFamily(links);
  const whole = !isLost && !ofOneFamily && (asked.known || looksWhole(links) || links.length === 0) ? coverageUnfiltered(input, asked) : [];
  const addressed = addresses.isListed || (input.argv.some((word) => /^a(d(d(r(e(s(s)?)?)?)?)?)?$/.test(word)) && asked.known);
  const named = ofOneFamily ? links.map(asOfOneFamily) : withPeerIndexes(links);
  const linked = isBusybox(input.text) ? withoutGuessedPeers(named) : named;
  return [
    ...(links.length > 0 || !addressed ? [reading('link', linked, whole)] : []),
    ...(addressed ? [reading('address', addresses.facts, addresses.isLost || (links.length === 0 && !asked.known) ? [] : whole)] : []),
    ...(counters.length > 0 ? [reading('link-counters', counters, whole)] : []),
  ];
}

/** busybox alone says no state. */
const isBusybox = (text: string): boolean => {
  const [first = ''] = /^\d{1,9}: .*/m.exec(text.slice(0, 4000)) ?? [];
  return / qdisc /.test(first) && !/ state /.test(first);
};

const HEADINGS = 2;

/** Text of `ip link` and `ip addr`, with or without -d, -s, -o. */
export default defineFormat({
  id: 'ip-link',
  is: 'text of `ip link` and `ip addr`, also with -d, -s and -o',
  tells: ['link'],
  recognise: (head) => {
    const [first = '', ...next] = linesOf(head).filter((line) => line.trim() !== '');
    const isDevice = (line: string): boolean => DEVICE.test(line) && /\bmtu \d/.test(line);
    if (isDevice(first)) return 1;
    // people write a heading above: the name of the node
    return ONE_ADDRESS.test(first) || next.slice(0, HEADINGS).some(isDevice) ? 0.9 : 0;
  },
  parse,
});
