import type { NftExpression } from '#facts/nft/nft';
import { NotUnderstood, type Words } from './tokens.ts';

/** Headers whose fields can be read. */
const PAYLOADS: ReadonlySet<string> = new Set(
  'ether vlan arp ip ip6 icmp icmpv6 igmp tcp udp udplite sctp dccp th ah esp comp gre'.split(' '),
);
/** IPv6's extension headers. */
const HEADERS: ReadonlySet<string> = new Set(['frag', 'hbh', 'dst', 'mh', 'srh', 'exthdr']);
const BARE_META: ReadonlySet<string> = new Set(
  'iif oif iifname oifname iiftype oiftype iifgroup oifgroup skuid skgid cgroup rtclassid nftrace mark ibrname obrname pkttype cpu day hour time'.split(
    ' ',
  ),
);
const RT: ReadonlySet<string> = new Set(['classid', 'nexthop', 'mtu', 'ipsec', 'ip', 'ip6']);
const OTHERS: ReadonlySet<string> = new Set(['meta', 'ct', 'fib', 'numgen', 'jhash', 'symhash', 'socket', 'rt']);

/** Whether the next word begins something that is read of the packet. */
export function isSelector(words: Words): boolean {
  const word = words.peek();
  return PAYLOADS.has(word) || HEADERS.has(word) || BARE_META.has(word) || OTHERS.has(word) || /^@(?:ll|nh|th|ih)$/.test(word);
}

type Read = (words: Words) => NftExpression;

/** Reads it; `inner` reads what a hash is made of. */
export function readSelector(words: Words, inner: Read): NftExpression {
  const word = words.word();
  if (word.startsWith('@')) return raw(words, word.slice(1));
  if (word === 'meta') return { is: 'meta', key: words.word() };
  if (word === 'ct') return ct(words);
  if (word === 'fib') return fib(words);
  if (word === 'numgen') return numgen(words);
  if (word === 'jhash' || word === 'symhash') return hash(words, word === 'jhash' ? words.nested(() => inner(words)) : null);
  if (word === 'socket') return socket(words);
  if (word === 'rt' && RT.has(words.peek())) return rt(words);
  if (BARE_META.has(word)) return { is: 'meta', key: word };
  if (HEADERS.has(word) || word === 'rt') return header(words, word);
  return payload(words, word);
}

function raw(words: Words, base: string): NftExpression {
  words.expect(',');
  const offset = words.number();
  words.expect(',');
  return { is: 'raw', base, offset, length: words.number() };
}

function ct(words: Words): NftExpression {
  const direction = words.skip('original') ? 'original' : words.skip('reply') ? 'reply' : null;
  const family = direction !== null && (words.peek() === 'ip' || words.peek() === 'ip6') ? `${words.word()} ` : '';
  return { is: 'ct', key: `${family}${words.word()}`, direction };
}

function fib(words: Words): NftExpression {
  const flags = [words.word()];
  while (words.skip('.')) flags.push(words.word());
  return { is: 'fib', flags: flags.sort(), result: words.word() };
}

function numgen(words: Words): NftExpression {
  const mode = words.word();
  if (mode !== 'inc' && mode !== 'random') throw new NotUnderstood(`numgen ${mode.slice(0, 40)}`);
  words.expect('mod');
  const modulus = words.number();
  return { is: 'numgen', mode, modulus, offset: words.skip('offset') ? words.number() : 0 };
}

function hash(words: Words, of: NftExpression | null): NftExpression {
  words.expect('mod');
  const modulus = words.number();
  const seed = words.skip('seed') ? words.number() : null;
  return { is: 'hash', of, modulus, seed, offset: words.skip('offset') ? words.number() : 0 };
}

function socket(words: Words): NftExpression {
  const key = words.word();
  if (words.skip('level')) words.number();
  return { is: 'socket', key };
}

function rt(words: Words): NftExpression {
  const word = words.word();
  return { is: 'rt', key: word === 'ip' || word === 'ip6' ? words.word() : word };
}

function header(words: Words, of: string): NftExpression {
  if (of === 'exthdr') return { is: 'option', of: 'exthdr', name: words.word(), field: null };
  if (words.peek() === 'exists' || words.peek() === 'missing') return { is: 'option', of: 'exthdr', name: of, field: null };
  return { is: 'option', of: 'exthdr', name: of, field: words.word() };
}

const OPTIONS: Readonly<Record<string, 'option' | 'chunk'>> = { tcp: 'option', ip: 'option', sctp: 'chunk', dccp: 'option' };
/** Fields of options: what follows an option is its field only when it is one of these. */
const FIELDS: ReadonlySet<string> = new Set(
  'size count left right tsval tsecr kind length ptr addr type flags tsn stream ssn ppid value'.split(' '),
);

function payload(words: Words, protocol: string): NftExpression {
  const field = words.word();
  if (Object.hasOwn(OPTIONS, protocol) && OPTIONS[protocol] === field) {
    const name = words.word();
    const of = protocol as 'tcp' | 'ip' | 'sctp' | 'dccp';
    return { is: 'option', of, name, field: FIELDS.has(words.peek()) ? words.word() : null };
  }
  const isArpAddress = protocol === 'arp' && (field === 'saddr' || field === 'daddr');
  return { is: 'payload', protocol, field: isArpAddress ? `${field} ${words.word()}` : field };
}
