import { entryOf } from '#net/entry';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';
import { endOf, remoteOf, type Socket, STATE_NAMES } from '../sockets.ts';

const HEADER = /^Proto +Recv-Q +Send-Q +Local Address +Foreign Address/;

const TIMERS: Readonly<Record<string, NonNullable<Socket['timer']>['kind']>> = {
  on: 'on',
  keepalive: 'keepalive',
  timewait: 'timewait',
  probe: 'persist',
};

/** `keepalive (51.68/0/0)`: seconds to go, retransmissions, probes. `off` is no timer. */
function timerOf(words: readonly string[]): Socket['timer'] {
  const at = words.findIndex((word) => /^\(\d{1,9}\.\d\d\/\d{1,9}\/\d{1,9}\)$/.test(word));
  if (at < 1) return undefined;
  const name = words[at - 1] ?? '';
  if (name === 'off') return null;
  const [seconds = '', retransmissions = '', probes = ''] = (words[at] ?? '').slice(1, -1).split('/');
  const kind = entryOf(TIMERS, name) ?? 'unknown';
  return { kind, expiresMs: Math.round(Number(seconds) * 1000), retries: Number(kind === 'on' ? retransmissions : probes) };
}

/** `23665/./kubelet`: the base name of what runs. `-` may mean nobody, or that it may not be seen. */
function processOf(words: readonly string[]): Socket['process'] {
  const word = words.find((one) => /^\d{1,10}\/./.test(one));
  if (word === undefined) return undefined;
  const slash = word.indexOf('/');
  const name =
    word
      .slice(slash + 1)
      .split('/')
      .at(-1) ?? '';
  return { name: name.replace(/:$/, ''), pid: Number(word.slice(0, slash)) };
}

function socketOf(line: string, extended: boolean): Omit<Socket, 'origin'> | string {
  const [name = '', receive = '', send = '', localText = '', peerText = '', ...rest] = wordsOf(line);
  const parts = /^(tcp|udp|raw|sctp)(6?)$/.exec(name);
  const [local, peer] = [endOf(localText), endOf(peerText)];
  const [recvQ, sendQ] = [wholeNumber(receive), wholeNumber(send)];
  if (parts === null || recvQ === undefined || sendQ === undefined) return `no socket: ${quoted(line)}`;
  if (local === undefined || peer === undefined) return `no addresses (names or cut off? then run it with -nW): ${quoted(line)}`;
  const state = STATE_NAMES.get(rest[0] ?? '');
  const after = state === undefined ? rest : rest.slice(1);
  return {
    protocol: parts[1] as Socket['protocol'],
    family: parts[2] === '6' ? 6 : 4,
    state: state ?? 'UNCONN',
    local: { address: local.address, port: local.port ?? 0, dev: undefined },
    remote: remoteOf(peer),
    v6Only: undefined,
    recvQ,
    sendQ: state === 'LISTEN' ? undefined : sendQ, // a listener's 0 is not its backlog
    timer: parts[1] === 'tcp' ? timerOf(after) : undefined,
    process: processOf(after),
    inode: extended ? wholeNumber(after[1]) : undefined,
    uid: extended ? wholeNumber(after[0]) : undefined,
    tcp: undefined,
  };
}

/** `netstat -antp`, `-antpo`, `-anup`, `-tulpn` of net-tools and busybox. */
export default defineFormat({
  id: 'netstat',
  is: 'sockets as `netstat -an` lists them',
  tells: ['socket'],
  recognise: (head) =>
    HEADER.test(head) || /^Proto +Recv-Q +Send-Q +Local Address/m.test(head)
      ? 0.99
      : /^(?:tcp|udp)6? +\d+ +\d+ \S+:[\d*]+ +\S+:[\d*]+ /m.test(head)
        ? 0.9
        : 0,
  parse: (input): Parsed => {
    const facts: Socket[] = [];
    const problems: Problem[] = [];
    let extended = false;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.startsWith('Active UNIX domain sockets') || line.startsWith('Active Bluetooth')) break;
      if (line.trim() === '' || line.startsWith('#') || line.startsWith('Active Internet connections') || /^\(.*\)$/.test(line)) continue;
      if (HEADER.test(line)) {
        extended = /\bUser +Inode\b/.test(line);
        continue;
      }
      if (/^(?:udplite|raw|icmp|netstat: )/.test(line)) continue;
      const socket = socketOf(line, extended);
      if (typeof socket === 'string') problems.push({ line: index + 1, why: socket });
      else facts.push({ ...socket, origin: lineOf(input, index + 1) });
    }
    const all = input.text.includes('(servers and established)') && coverageOf(input) === true && problems.length === 0;
    return { readings: [reading('socket', facts, all ? partsOf(input, facts) : [])], problems };
  },
});

/** The protocols that were asked for, else those that are there. */
function partsOf(input: Input, facts: readonly Socket[]): true | string[] {
  const flags = input.argv.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('');
  if (input.argv.some((word) => /^(?:-\w*[46A]\w*|--(?:inet6?|protocol).*)$/.test(word))) return []; // of one family
  const asked = [...(flags.includes('t') ? ['tcp'] : []), ...(flags.includes('u') ? ['udp'] : [])];
  if (asked.length === 2 || (flags.includes('a') && asked.length === 0)) return true;
  return asked.length === 1 ? asked : [...new Set(facts.map(({ protocol }) => protocol as string))];
}
