import { construct, type IptablesSite } from '../construct.ts';
import type { Aim } from '../packet.ts';
import type { Rule } from '../rule.ts';

const KINDS = {
  'hash:ip': ['src', 'dst'],
  'hash:net': ['src', 'dst'],
  'hash:ip,port': ['src,dst', 'dst,dst'],
  'hash:net,port': ['src,dst', 'dst,dst'],
  'hash:ip,port,ip': ['src,dst,dst'],
  'hash:ip,port,net': ['src,dst,dst'],
  'hash:net,iface': ['src,src'],
  'bitmap:port': ['dst', 'src'],
  'list:set': ['src', 'dst'],
} as const;
type Kind = keyof typeof KINDS;

/** Elements of a kind, out of the pool. */
function elementsOf(kind: Kind, { dice, pool, here }: IptablesSite): readonly string[] {
  const address = (): string => dice.pick(pool.addresses);
  const plain = (): string => dice.pick(pool.prefixes);
  const port = (): string => `${dice.pick(['udp', 'tcp'])}:${dice.pick(pool.ports)}`;
  const one: Readonly<Record<Kind, () => string>> = {
    'hash:ip': address,
    'hash:net': () => `${plain()}${dice.roll(5) === 0 ? ' nomatch' : ''}`,
    'hash:ip,port': () => `${address()},${port()}`,
    'hash:net,port': () => `${plain()},${port()}`,
    'hash:ip,port,ip': () => `${address()},${port()},${address()}`,
    'hash:ip,port,net': () => `${address()},${port()},${plain()}`,
    'hash:net,iface': () => `${plain()},${dice.pick(here.devices).name}`,
    'bitmap:port': () => `${dice.pick(pool.ports)}`,
    'list:set': address,
  };
  return [...new Set(Array.from({ length: 1 + dice.roll(4) }, one[kind]))];
}

/** `-m set` with every type of set that this kernel has; `hash:net,port,net` and `hash:mac` are for others. */
export default construct({
  kind: 'iptables match',
  draw: (site) => {
    const { dice, family, fresh, here, hooks } = site;
    const kind = dice.pick(Object.keys(KINDS) as Kind[]);
    const comesIn = hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT' || hook === 'FORWARD');
    if (kind === 'hash:net,iface' && !comesIn) return null;
    const name = fresh('set');
    const line = (run: string): Rule => ({ in: here.name, by: ['filter/set'], form: 'line', run });
    const own = kind === 'bitmap:port' ? ' range 0-65535' : kind === 'list:set' ? '' : ` family ${family === 4 ? 'inet' : 'inet6'}`;
    const created = `ipset create ${name} ${kind}${own}${dice.roll(5) === 0 ? ' timeout 600' : ''}`;
    const elements = elementsOf(kind, site);
    const added = elements.map((one) => line(`ipset -exist add ${name} ${one}`));
    const before = kind === 'list:set' ? listed(site, name, created, elements, line) : [line(created), ...added];
    const flags = dice.pick<string>(KINDS[kind]);
    const quiet = kind === 'hash:net' && dice.roll(4) === 0 ? ' --return-nomatch' : '';
    const aims = elements.flatMap((one) => aimOf(one, flags));
    return { text: `-m set ${dice.roll(4) === 0 ? '! ' : ''}--match-set ${name} ${flags}${quiet}`, before, aims };
  },
});

/** A list of one set of addresses. */
function listed(
  { family }: IptablesSite,
  name: string,
  created: string,
  elements: readonly string[],
  line: (run: string) => Rule,
): readonly Rule[] {
  const inner = `${name}i`;
  return [
    line(`ipset create ${inner} hash:ip family ${family === 4 ? 'inet' : 'inet6'}`),
    ...elements.map((one) => line(`ipset -exist add ${inner} ${one}`)),
    line(created),
    line(`ipset add ${name} ${inner}`),
  ];
}

/** A packet that an element should match. */
function aimOf(element: string, flags: string): readonly Aim[] {
  const aim: { -readonly [Field in keyof Aim]: Aim[Field] } = {};
  for (const [at, part] of element.replace(' nomatch', '').split(',').entries()) {
    const end = flags.split(',')[at] ?? 'src';
    const [protocol, port] = part.split(':');
    if (protocol === 'udp' || protocol === 'tcp') Object.assign(aim, { protocol, [end === 'src' ? 'sport' : 'dport']: Number(port) });
    else if (/^\d+$/.test(part)) Object.assign(aim, { protocol: 'tcp', [end === 'src' ? 'sport' : 'dport']: Number(part) });
    else if (/[.:]/.test(part)) Object.assign(aim, { [end === 'src' ? 'source' : 'destination']: part.split('/')[0] ?? part });
  }
  return [aim];
}
