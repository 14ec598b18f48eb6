import { ANSWERS, CLOSED, met, PORTS, SILENT } from './asked.ts';

/** A command line to record, and the name servers that the client's resolv.conf holds. */
export type Asked = { readonly line: string; readonly resolvers: readonly string[] };

const addresses = Object.keys(met);

/**
 * How many seconds to wait: of an error that comes while connect(2) still works, TCP learns with its second SYN; of a neighbour
 * that is missing, after three seconds.
 */
const patience = (address: string): number => (address.endsWith('.99') ? 6 : met[address]?.met === 'unreachable' ? 3 : 1);

const each = (line: (address: string, seconds: number) => string): readonly string[] =>
  addresses.map((address) => line(address, patience(address)));

const with_ = (resolvers: readonly string[], lines: readonly string[]): readonly Asked[] => lines.map((line) => ({ line, resolvers }));

const dig = [
  ...each((address, seconds) => `dig +tries=1 +time=${seconds} @${address} web.test`),
  ...each((address, seconds) => `dig +tcp +tries=1 +time=${seconds} @${address} web.test`),
  ...['nosuch.test', 'broken.test', 'refused.test', '-t mx web.test', '-x 192.0.2.53', '+short web.test', '+noall +answer web.test'].map(
    (what) => `dig @${ANSWERS} ${what}`,
  ),
  `dig +tries=2 +time=1 @${SILENT} web.test`,
  `dig +short +tries=1 +time=1 @${SILENT} web.test`,
  `dig -p 5353 +tries=1 +time=1 @${ANSWERS} web.test`,
  `dig +tries=1 +time=1 @nosuch.test web.test`,
];

const nslookup = [
  ...each((address, seconds) => `nslookup -timeout=${seconds} -retry=1 web.test ${address}`),
  ...['nosuch.test', 'broken.test', 'refused.test', '-type=mx web.test', '-type=a web.test', '192.0.2.53'].map(
    (what) => `nslookup ${what} ${ANSWERS}`,
  ),
  ...each((address) => `timeout 12 busybox nslookup web.test ${address}`),
  ...['nosuch.test', 'broken.test', 'refused.test', '-type=a web.test', '192.0.2.53'].map((what) => `busybox nslookup ${what} ${ANSWERS}`),
];

const nc = [
  ...each((address, seconds) => `nc -vz -w ${seconds} ${address} 80`),
  ...each((address, seconds) => `nc -vzu -w ${seconds} ${address} 53`),
  ...each((address, seconds) => `nc.traditional -vz -w ${seconds} ${address} 80`),
  ...each((address, seconds) => `nc.traditional -nvz -w ${seconds} ${address} 80`),
  ...each((address, seconds) => `nc.traditional -nvzu -w ${seconds} ${address} 53`),
  ...each((address, seconds) => `ncat -v -w ${seconds} ${address} 80 </dev/null`),
  ...each((address, seconds) => `ncat -vz -w ${seconds} ${address} 80`),
  ...each((address, seconds) => `ncat -vzu -w ${seconds} ${address} 53`),
  ...each((address, seconds) => `busybox nc -w ${seconds} ${address} 80 </dev/null`),
  ...['nc -vz', 'nc -nvz', 'nc.traditional -vz', 'ncat -vz', 'busybox nc'].flatMap((tool) =>
    ['web.test 80', 'closed.test 80', 'nosuch.test 80'].map((end) => `${tool} -w 1 ${end} </dev/null`),
  ),
  `nc -vz -w 1 ${ANSWERS} 79-83`,
];

const telnet = ['telnet', 'telnet.netkit', 'inetutils-telnet', 'busybox telnet'].flatMap((tool) => [
  ...each((address, seconds) => `timeout ${seconds} ${tool} ${address} 80 </dev/null`),
  ...['web.test', 'closed.test', 'nosuch.test'].map((name) => `timeout 2 ${tool} ${name} 80 </dev/null`),
  `timeout 2 ${tool} ${ANSWERS} ${PORTS.greets} </dev/null`,
  `timeout 2 ${tool} ${ANSWERS} ${PORTS.mute} </dev/null`,
]);

const curl = [
  ...each((address, seconds) => `curl -v -s -m ${seconds} http://${address}/`),
  ...each((address, seconds) => `curl -sS -m ${seconds} http://${address}/`),
  ...Object.values(PORTS).map((port) => `curl -v -s -m 1 http://${ANSWERS}:${port}/`),
  ...['web', 'closed', 'silent', 'nowhere', 'nosuch', 'broken'].map((name) => `curl -v -s -m 2 http://${name}.test/`),
  `curl -v -s -m 2 https://${ANSWERS}:${PORTS.web}/`,
  `curl -v -s -m 2 --resolve both.test:80:${CLOSED},${ANSWERS} http://both.test/`,
  `curl -v -s -m 4 --connect-timeout 2 --resolve both.test:80:${SILENT},${ANSWERS} http://both.test/`,
  `curl -v -s -m 2 telnet://${ANSWERS}:${PORTS.greets} </dev/null`,
  `curl -v -s -m 2 telnet://${CLOSED}:${PORTS.greets} </dev/null`,
];

const wget = ['wget -t 1'].flatMap((tool) => [
  ...each((address, seconds) => `timeout ${seconds + 3} ${tool} -T ${seconds} -O - http://${address}/`),
  ...['web', 'closed', 'nosuch'].map((name) => `timeout 5 ${tool} -T 2 -O - http://${name}.test/`),
  ...[PORTS.busy, PORTS.ends, PORTS.mute].map((port) => `timeout 5 ${tool} -T 1 -O - http://${ANSWERS}:${port}/`),
]);

const pings = ['ping', 'busybox ping'].flatMap((tool) => [
  ...each((address, seconds) => `${tool} -c 1 -W ${seconds} ${address}`),
  ...['silent.test', 'nowhere.test', 'nosuch.test'].map((name) => `${tool} -c 1 -W 1 ${name}`),
]);

/** What asks by itself the name servers that it finds in resolv.conf. */
const byName = [
  'getent hosts web.test',
  'getent ahosts web.test',
  'getent hosts nosuch.test',
  'ping -c 1 -W 1 web.test',
  'busybox ping -c 1 -W 1 web.test',
  'curl -v -s -m 4 http://web.test/',
  'curl -sS -m 4 http://web.test/',
  'wget -T 4 -t 1 -O - http://web.test/',
  'timeout 4 telnet web.test 80 </dev/null',
  'nc -vz -w 2 web.test 80',
  'ncat -vz -w 2 web.test 80',
  'dig +tries=1 +time=1 web.test',
  'nslookup -timeout=1 -retry=1 web.test',
  'nslookup nosuch.test',
  'busybox nslookup web.test',
];

/** What is recorded of every version, in this order; a tool that it lacks is left out. */
export const asked: readonly Asked[] = [
  ...with_([ANSWERS], [...dig, ...nslookup, ...nc, ...telnet, ...curl, ...wget, ...pings, ...byName]),
  ...[[SILENT], [CLOSED], ['198.51.100.3'], ['203.0.113.9'], [SILENT, ANSWERS], [CLOSED, ANSWERS]].flatMap((resolvers) =>
    with_(resolvers, byName),
  ),
];
