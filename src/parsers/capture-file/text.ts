import { type Family, fromBits } from '#net/ip';
import { type Frame, framesOf } from './frames.ts';

const LINK = { ethernet: 1, cooked: 113, cooked2: 276 } as const;
const TYPE = { v4: 0x0800, arp: 0x0806, v6: 0x86dd, vlan: 0x8100 } as const;
const TYPE_NAMES: Readonly<Record<number, string>> = { [TYPE.v4]: 'IPv4', [TYPE.arp]: 'ARP', [TYPE.v6]: 'IPv6' };

/** UDP ports that carry VXLAN: IANA's, and the kernel's default that flannel keeps. */
const VXLAN_PORTS = new Set([4789, 8472]);

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');

const macAt = (view: DataView, at: number): string => Array.from({ length: 6 }, (_, index) => hex(view.getUint8(at + index), 2)).join(':');

function ipAt(view: DataView, at: number, family: Family): string {
  let bits = 0n;
  for (let index = 0; index < (family === 4 ? 4 : 16); index++) bits = (bits << 8n) | BigInt(view.getUint8(at + index));
  return fromBits(bits, family);
}

const rest = (view: DataView, at: number): DataView => new DataView(view.buffer, view.byteOffset + at, view.byteLength - at);

const FLAGS: readonly (readonly [number, string])[] = [
  [0x01, 'F'],
  [0x02, 'S'],
  [0x04, 'R'],
  [0x08, 'P'],
  [0x20, 'U'],
  [0x10, '.'],
];

function tcp(view: DataView, payload: number): string {
  const bits = view.getUint8(13);
  const flags = FLAGS.flatMap(([bit, letter]) => ((bits & bit) === 0 ? [] : letter)).join('');
  return `Flags [${flags === '' ? 'none' : flags}], seq ${view.getUint32(4)}, ack ${view.getUint32(8)}, win ${view.getUint16(14)}, length ${payload - (view.getUint8(12) >> 4) * 4}`;
}

/** What is above the network layer, as tcpdump writes it: ports behind the addresses, then what it is. */
function transport(
  view: DataView,
  protocol: number,
  payload: number,
  inner: boolean,
): { readonly ports: readonly [string, string]; readonly info: string } {
  const none = ['', ''] as const;
  if ((protocol === 6 && view.byteLength >= 20) || (protocol === 17 && view.byteLength >= 8)) {
    const [source, destination] = [view.getUint16(0), view.getUint16(2)];
    const ports = [`.${source}`, `.${destination}`] as const;
    if (protocol === 6) return { ports, info: tcp(view, payload) };
    if (!inner && VXLAN_PORTS.has(destination) && view.byteLength >= 30) {
      return { ports, info: `VXLAN, flags [I] (0x08), vni ${view.getUint32(12) >>> 8}\n${ethernet(rest(view, 16), payload - 16, true)}` };
    }
    return { ports, info: `UDP, length ${view.getUint16(4) - 8}` };
  }
  if (protocol === 1 && view.byteLength >= 8) return { ports: none, info: icmp(view, payload) };
  if (protocol === 58 && view.byteLength >= 4)
    return { ports: none, info: `ICMP6, type ${view.getUint8(0)} code ${view.getUint8(1)}, length ${payload}` };
  return { ports: none, info: `ip-proto-${protocol}` };
}

function icmp(view: DataView, payload: number): string {
  const [type, code] = [view.getUint8(0), view.getUint8(1)];
  if (type === 8 || type === 0)
    return `ICMP echo ${type === 8 ? 'request' : 'reply'}, id ${view.getUint16(4)}, seq ${view.getUint16(6)}, length ${payload}`;
  return `ICMP type ${type} code ${code}, length ${payload}`;
}

function network(view: DataView, type: number, inner: boolean): string {
  if (type === TYPE.v4 && view.byteLength >= 20) {
    const header = (view.getUint8(0) & 15) * 4;
    const protocol = view.getUint8(9);
    const later = (view.getUint16(6) & 0x1fff) !== 0;
    if (header < 20 || header > view.byteLength) return 'truncated-ip';
    const { ports, info } = later
      ? { ports: ['', ''], info: `ip-proto-${protocol}` }
      : transport(rest(view, header), protocol, view.getUint16(2) - header, inner);
    return `${ipAt(view, 12, 4)}${ports[0]} > ${ipAt(view, 16, 4)}${ports[1]}: ${info}`;
  }
  if (type === TYPE.v6 && view.byteLength >= 40) {
    const { ports, info } = transport(rest(view, 40), view.getUint8(6), view.getUint16(4), inner);
    return `${ipAt(view, 8, 6)}${ports[0]} > ${ipAt(view, 24, 6)}${ports[1]}: ${info}`;
  }
  if (type === TYPE.arp && view.byteLength >= 28) {
    const [sender, target] = [ipAt(view, 14, 4), ipAt(view, 24, 4)];
    return view.getUint16(6) === 1
      ? `Request who-has ${target} tell ${sender}, length 28`
      : `Reply ${sender} is-at ${macAt(view, 8)}, length 28`;
  }
  return 'unknown';
}

const typeText = (type: number): string => `ethertype ${TYPE_NAMES[type] ?? 'Unknown'} (0x${hex(type, 4)})`;

/** `inner`: carried by VXLAN; what that carries in turn is not looked at. */
function ethernet(view: DataView, length: number, inner: boolean): string {
  if (view.byteLength < 14) return 'truncated frame';
  const tagged = view.getUint16(12) === TYPE.vlan && view.byteLength >= 18;
  const type = view.getUint16(tagged ? 16 : 12);
  const own = tagged ? length - 4 : length;
  return `${macAt(view, 6)} > ${macAt(view, 0)}, ${typeText(type)}, length ${own}: ${network(rest(view, tagged ? 18 : 14), type, inner)}`;
}

const DIRECTIONS = ['In', 'B', 'M', 'P', 'Out'];

/** Linux cooked captures (`-i any`), both versions. */
function cooked(view: DataView, length: number, second: boolean): string {
  const header = second ? 20 : 16;
  if (view.byteLength < header) return 'truncated frame';
  const type = view.getUint16(second ? 0 : 14);
  const direction = DIRECTIONS[second ? view.getUint8(10) : view.getUint16(0)] ?? 'P';
  const index = second ? `ifindex ${view.getUint32(4)} ` : '';
  return `${direction} ${index}${macAt(view, second ? 12 : 6)} ${typeText(type)}, length ${length}: ${network(rest(view, header), type, false)}`;
}

function frameText({ bytes, linkType, length }: Frame): string {
  if (linkType === LINK.ethernet) return ethernet(bytes, length, false);
  if (linkType === LINK.cooked || linkType === LINK.cooked2) return cooked(bytes, length, linkType === LINK.cooked2);
  return `link type ${linkType}, length ${length}`;
}

/** The time in UTC, as `tcpdump -tttt` writes it there. */
function timeText(atMs: number): string {
  const whole = Math.floor(atMs);
  const micro = Math.round((atMs - whole) * 1000);
  const date = new Date(Math.min(whole, 8.64e15));
  return `${date.toISOString().slice(0, 23).replace('T', ' ')}${String(Math.min(micro, 999)).padStart(3, '0')}`;
}

/** A pcap or pcapng file as the text that tcpdump prints of it: times in UTC, addresses and ports as numbers, link headers, no payload. */
export function captureText(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (const frame of framesOf(bytes)) lines.push(`${timeText(frame.atMs)} ${frameText(frame)}`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
