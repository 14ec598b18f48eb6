import { fromBits, type Ip } from '#net/ip';
import { defineFormat, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';
import { remoteOf, type Socket, STATES, unmapped } from '../sockets.ts';

const HEADER = /^ *sl +local_address +(?:rem_address|remote_address) +st /;

/** An address in /proc/net/tcp: 32-bit words in the byte order of the machine (little-endian ones are read). */
function addressOf(hex: string): Ip | undefined {
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/i.test(hex)) return undefined;
  let bytes = '';
  for (let word = 0; word < hex.length; word += 8) {
    for (let byte = word + 6; byte >= word; byte -= 2) bytes += hex.slice(byte, byte + 2);
  }
  return fromBits(BigInt(`0x${bytes}`), hex.length === 8 ? 4 : 6);
}

function endOf(text: string): { address: Ip; port: number; family: 4 | 6 } | undefined {
  const [hex = '', portHex = ''] = text.split(':');
  const address = addressOf(hex);
  if (address === undefined || !/^[0-9A-F]{4}$/i.test(portHex)) return undefined;
  return { address: unmapped(address), port: Number.parseInt(portHex, 16), family: hex.length === 8 ? 4 : 6 };
}

const TIMERS = ['off', 'on', 'keepalive', 'timewait', 'persist'] as const;

/** `tr:tm->when` and what follows: the kind, hundredths of a second to go, retransmissions; and probes sent. */
function timerOf(word: string, retransmissions: string, probes: string): Socket['timer'] {
  const [kindHex = '', whenHex = ''] = word.split(':');
  const kind = TIMERS[Number.parseInt(kindHex, 16)] ?? 'unknown';
  if (kind === 'off') return null;
  const retries = kind === 'on' ? hexNumber(retransmissions) : wholeNumber(probes);
  const hundredths = hexNumber(whenHex);
  return { kind, expiresMs: hundredths === undefined ? null : hundredths * 10, retries: retries ?? null };
}

const hexNumber = (text: string): number | undefined => (/^[0-9a-fA-F]{1,8}$/.test(text) ? Number.parseInt(text, 16) : undefined);

type Protocol = 'tcp' | 'udp' | 'raw';

function socketOf(line: string, protocol: Protocol): Omit<Socket, 'origin'> | string {
  const words = wordsOf(line);
  const [, localText = '', remoteText = '', stateHex = '', queues = '', timer = '', retransmissions = '', uid, probes = '', inode] = words;
  const [local, remote] = [endOf(localText), endOf(remoteText)];
  const state = STATES[Number.parseInt(stateHex, 16)];
  if (local === undefined || remote === undefined || state === undefined || !/^[0-9A-F]{8}:[0-9A-F]{8}$/i.test(queues)) {
    return `no socket: ${quoted(line)}`;
  }
  const [send = '', receive = ''] = queues.split(':');
  return {
    protocol,
    family: local.family,
    state,
    local: { address: local.address, port: local.port, dev: undefined },
    remote: remoteOf(remote),
    v6Only: undefined,
    recvQ: Number.parseInt(receive, 16),
    sendQ: state === 'LISTEN' ? undefined : Number.parseInt(send, 16),
    timer: protocol === 'tcp' ? timerOf(timer, retransmissions, probes) : undefined,
    process: undefined,
    inode: wholeNumber(inode),
    uid: wholeNumber(uid),
    tcp: undefined,
  };
}

/** Whose file it is: what was read, else the columns (UDP alone counts drops). */
const protocolOf = (file: string, header: string): Protocol =>
  /(?:^|\/)(tcp|udp|raw)6?$/.exec(file)?.[1] === undefined
    ? header.includes(' drops')
      ? 'udp'
      : 'tcp'
    : (/(tcp|udp|raw)6?$/.exec(file)?.[1] as Protocol);

/** /proc/net/tcp, tcp6, udp and udp6, alone or one after the other. */
export default defineFormat({
  id: 'proc-sockets',
  is: 'sockets as the kernel lists them (/proc/net/tcp, tcp6, udp, udp6)',
  tells: ['socket'],
  recognise: (head) => (linesOf(head).some((line) => HEADER.test(line)) ? 0.99 : 0),
  parse: (input): Parsed => {
    const facts: Socket[] = [];
    const problems: Problem[] = [];
    let protocol: Protocol | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      if (HEADER.test(line)) protocol = protocolOf(input.argv.length === 2 ? (input.argv[1] ?? '') : '', line);
      else {
        const socket = protocol === undefined ? `no header before: ${quoted(line)}` : socketOf(line, protocol);
        if (typeof socket === 'string') problems.push({ line: index + 1, why: socket });
        else facts.push({ ...socket, origin: lineOf(input, index + 1) });
      }
    }
    // one file is one family of one protocol only
    return { readings: [reading('socket', facts, coverageOf(input) === true ? partsOf(facts) : [])], problems };
  },
});

/** A protocol is listed fully when both of its families are in the text. */
const partsOf = (facts: readonly Socket[]): string[] =>
  (['tcp', 'udp'] as const).filter((protocol) =>
    ([4, 6] as const).every((family) => facts.some((one) => one.protocol === protocol && one.family === family)),
  );
