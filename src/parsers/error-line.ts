import { parseIp } from '#net/ip';
import { portNumber, quoted } from './lines.ts';
import { NOT_COUNTED, type Observation, outcomeOf, target } from './observed.ts';
import { senderIn } from './senders.ts';

/** What a program's error says of one attempt to talk to an address. */
export type ErrorLine = Omit<Observation, 'origin'>;

const HOST = String.raw`(?<to>\[[\da-fA-F:.]{2,45}\]|[\w.-]{1,253})`;
const IP = String.raw`(?<to>\[[\da-fA-F:]{2,45}\]|\d{1,3}(?:\.\d{1,3}){3})`;

/** Most telling first. Where a form has no `protocol`, it is TCP. */
const FORMS: readonly RegExp[] = [
  // Go's net.OpError: the operation, the network, both ends as far as there are two (net/net.go)
  new RegExp(
    String.raw`\b(?<verb>dial|read|write) (?<protocol>tcp|udp)[46]? (?:\[?(?<from>[\da-fA-F:.]{2,45}?)\]?:\d{1,5}->)?${HOST}:(?<port>\d{1,5}): (?<words>.{1,300})`,
  ),
  // nginx (ngx_http_upstream.c), Go's net/http, Java's HTTP clients: the address that was asked for
  new RegExp(String.raw`(?<words>.{0,300}), upstream: "https?://${HOST}(?::(?<port>\d{1,5}))?`),
  new RegExp(
    String.raw`\b(?:Get|Post|Put|Patch|Delete|Head) [\\"]{0,3}(?<scheme>https?)://${HOST}(?::(?<port>\d{1,5}))?[/?"\\](?<words>.{1,600})`,
  ),
  // urllib3, libpq, OpenSSH, kubectl, MySQL's client
  new RegExp(String.raw`ConnectionPool\(host='${HOST}', port=(?<port>\d{1,5})\)(?<words>.{1,600})`),
  new RegExp(String.raw`connection to server at "?${HOST}"?(?: \([^)]{1,64}\))?, port (?<port>\d{1,5}) failed: (?<words>.{1,200})`),
  new RegExp(String.raw`(?<words>.{1,200})Is the server running on host "?${HOST}"?.{0,80}port (?<port>\d{1,5})`),
  new RegExp(String.raw`connect to (?:host|address) ${HOST} port (?<port>\d{1,5}): (?<words>.{1,200})`),
  new RegExp(String.raw`connection to the server ${HOST}:(?<port>\d{1,5}) (?<words>was refused.{0,200})`, 'i'),
  new RegExp(String.raw`connect to MySQL server on '${HOST}:(?<port>\d{1,5})' \((?<errno>\d{1,3})`, 'i'),
  // curl, where `-v` did not tell more; since 7.86 it does not say why there was no connection
  new RegExp(
    String.raw`\bcurl: \((?<curl>7|28)\) Failed(?: to)? connect to ${HOST} port (?<port>\d{1,5})(?: after \d{1,9} ms)?(?::? (?<words>.{1,200})|:?$)`,
  ),
  // whatever names one address and one port: Node.js, netty, .NET, Redis' clients
  new RegExp(String.raw`^(?<words>.{0,600}?(?:^|[\s/('"@=])${IP}:(?<port>\d{1,5})(?!\d|\.\d).{0,300})$`),
];

/** Errors of Linux by number, as clients print them instead of words (asm-generic/errno.h). */
const ERRNO: Readonly<Record<string, Observation['outcome']>> = {
  1: 'unreachable',
  101: 'unreachable',
  110: 'silent',
  111: 'refused',
  113: 'unreachable',
};

const SYMBOLS: readonly (readonly [RegExp, Observation['outcome']])[] = [
  [/ECONNREFUSED|ECONNRESET|was refused|拒绝连接|连接被拒绝|被对方重[置设]/, 'refused'],
  [/EHOSTUNREACH|ENETUNREACH|EPERM|没有到主机的路由|网络不可达|不允许的操作/, 'unreachable'],
  [/ETIMEDOUT|deadline exceeded|Client\.Timeout|连接超时|请求超时/, 'silent'],
];

const outcomeIn = (words: string): Observation['outcome'] | undefined =>
  outcomeOf(words) ?? SYMBOLS.find(([symbol]) => symbol.test(words))?.[1];

/** Said of a connection that stood, or may have stood for long: what a new one would meet is another question. */
const STANDING =
  /awaiting headers|TLS handshake|reading response|sending request|reset by peer|ECONNRESET|broken pipe|被对方重[置设]|\bread:|\bwrite:/i;
/** The words that nginx adds: what it did when that happened. */
const UNDER_WAY = /while (?:reading|sending) .* upstream/;
/** Nobody had connected yet, whatever else the line says. */
const CONNECTING = /\bdial (?:tcp|udp)|waiting for connection|connecting to upstream|\bconnect(?:ion)? (?:timed out|timeout|E[A-Z]+)/i;

/** Cheap: whether a line can be an error of this kind. */
const WORTH =
  /time[d ]*out|refused|reset by|unreach|no route|prohibited|not permitted|deadline|ETIMEDOUT|ECONN|server on '|超时|拒绝|重[置设]|没有到主机|不允许|curl: \((?:7|28)\)/i;

/** What one line of a program's output or log says of an address that it could not talk to; nothing where it names none. */
export function errorLineIn(line: string): ErrorLine | undefined {
  if (line.length > 4096 || !WORTH.test(line)) return undefined;
  for (const form of FORMS) {
    const parts = form.exec(line)?.groups;
    if (parts !== undefined) return errorOf(parts, line) ?? undefined;
  }
  return undefined;
}

type Parts = Readonly<Record<string, string | undefined>>;

function errorOf(parts: Parts, line: string): ErrorLine | undefined {
  const { to = '', protocol, verb, words = '', errno } = parts;
  const told = errno === undefined ? outcomeIn(words) : ERRNO[errno];
  // that it could not connect: by a refusal or by silence, which is for the asking
  const isUntold = told === undefined && parts.curl === '7';
  const outcome = isUntold ? 'mixed' : (told ?? (parts.curl === '28' ? 'silent' : undefined));
  const port = portNumber(parts.port ?? (parts.scheme === 'https' ? '443' : '80'));
  if (outcome === undefined || port === undefined || severalAddresses(parts, line)) return undefined;
  const udp = protocol === 'udp';
  const isWaiting =
    !CONNECTING.test(line) && (STANDING.test(line) || (outcome === 'silent' && verb === undefined && line.includes('deadline exceeded')));
  const isStanding = isUntold || verb === 'read' || verb === 'write' || UNDER_WAY.test(line) || isWaiting;
  const isProbe = /\b(?:Readiness|Liveness|Startup) probe|probeType="(?:Readiness|Liveness|Startup)"/.test(line);
  return {
    ...NOT_COUNTED,
    by: isProbe ? 'kubelet' : 'text',
    from: parts.from === undefined ? (placeIn(line) ?? saidPlaceIn(line)) : (parseIp(parts.from) ?? parts.from),
    to: target(to),
    protocol: udp ? 'udp' : 'tcp',
    port,
    outcome,
    detail: quoted(line.trim()),
    standing: !udp && isStanding,
  };
}

/** Where no form says which address was asked for, there must be one alone. */
const severalAddresses = ({ verb, scheme }: Parts, line: string): boolean =>
  verb === undefined &&
  scheme === undefined &&
  !line.includes('upstream: "') &&
  new Set([...line.matchAll(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}:\d{1,5}(?!\d|\.\d)/g)].map(([one]) => one)).size > 1;

/** The place that a person's words name before what was asked for: `从 web 访问 10.96.0.1:80 超时`. */
const saidPlaceIn = (line: string): string | undefined => (/[从在]/.test(line) ? senderIn(line.slice(0, 500)) : undefined);

/** The node whose kubelet wrote the line, or the host that journald names. */
function placeIn(line: string): string | undefined {
  return (
    /\/(?:nodes|leases)\/([a-z0-9][a-z0-9.-]{0,252})(?:[/?"\s]|$)/.exec(line)?.[1] ??
    /^[A-Z][a-z]{2} {1,2}\d{1,2} [\d:]{8} ([\w.-]{1,253}) \(?[\w.@-]{1,128}\)?(?:\[\d{1,10}\])?: /.exec(line)?.[1]
  );
}
