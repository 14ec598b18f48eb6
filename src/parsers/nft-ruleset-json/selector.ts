import type { NftExpression } from '#facts/nft/nft';
import { entryOf } from '#net/entry';
import { member, numberAt, textAt } from '../document.ts';
import { NotUnderstood } from '../nft-ruleset/tokens.ts';

type Read = (value: unknown) => NftExpression;

/** What is read of a packet (libnftables-json(5), EXPRESSIONS). */
export function selectorOf(name: string, body: unknown, inner: Read): NftExpression {
  switch (name) {
    case 'payload':
      return payload(body);
    case 'meta':
    case 'socket':
    case 'rt':
      return { is: name, key: textAt(body, 'key') ?? fail(name) };
    case 'ct':
      return { is: 'ct', key: textAt(body, 'key') ?? fail(name), direction: directionOf(textAt(body, 'dir')) };
    case 'fib':
      return { is: 'fib', flags: flagsOf(body).sort(), result: textAt(body, 'result') ?? fail(name) };
    case 'numgen':
      return { is: 'numgen', mode: textAt(body, 'mode') === 'inc' ? 'inc' : 'random', ...modulusOf(body) };
    case 'jhash':
      return { is: 'hash', of: inner(member(body, 'expr')), seed: numberAt(body, 'seed') ?? null, ...modulusOf(body) };
    case 'symhash':
      return { is: 'hash', of: null, seed: null, ...modulusOf(body) };
    default:
      return option(name, body);
  }
}

const fail = (what: string): never => {
  throw new NotUnderstood(`not understood: ${what.slice(0, 40)}`);
};

function payload(body: unknown): NftExpression {
  const [protocol, field, base] = [textAt(body, 'protocol'), textAt(body, 'field'), textAt(body, 'base')];
  if (member(body, 'tunnel') !== undefined) return fail('payload of a tunnel');
  if (protocol !== undefined && field !== undefined) return { is: 'payload', protocol, field };
  const [offset, length] = [numberAt(body, 'offset'), numberAt(body, 'len')];
  return base === undefined || offset === undefined || length === undefined ? fail('payload') : { is: 'raw', base, offset, length };
}

const directionOf = (text: string | undefined): 'original' | 'reply' | null => (text === 'original' || text === 'reply' ? text : null);

function flagsOf(body: unknown): string[] {
  const flags = member(body, 'flags');
  const list: readonly unknown[] = Array.isArray(flags) ? flags : [flags];
  return list.filter((flag) => typeof flag === 'string');
}

const modulusOf = (body: unknown) => ({ modulus: numberAt(body, 'mod') ?? fail('mod'), offset: numberAt(body, 'offset') ?? 0 });

const OPTIONS: Readonly<Record<string, 'tcp' | 'ip' | 'sctp' | 'dccp' | 'exthdr'>> = {
  'tcp option': 'tcp',
  'ip option': 'ip',
  'sctp chunk': 'sctp',
  'dccp option': 'dccp',
  exthdr: 'exthdr',
};

function option(name: string, body: unknown): NftExpression {
  const of = entryOf(OPTIONS, name);
  const own = textAt(body, 'name') ?? numberAt(body, 'name') ?? numberAt(body, 'type') ?? numberAt(body, 'kind');
  if (of === undefined || own === undefined) return fail(name);
  return { is: 'option', of, name: String(own), field: textAt(body, 'field') ?? null };
}
