import type { NftExpression, NftNat, NftStatement } from '#facts/nft/nft';
import { constantOf, wordConstant } from './constants.ts';
import { readExpression } from './expression.ts';
import { isSelector } from './selector.ts';
import type { Words } from './tokens.ts';

const KINDS: ReadonlySet<string> = new Set(['dnat', 'snat', 'masquerade', 'redirect']);
const FLAGS: ReadonlySet<string> = new Set(['random', 'fully-random', 'persistent']);

export const isNat = (word: string): boolean => KINDS.has(word);

/** `dnat ip to 10.0.0.1:80`, `masquerade fully-random`, `redirect to :15006`. */
export function readNat(words: Words): NftStatement {
  const kind = words.word() as NftNat['kind'];
  const family = words.skip('ip') ? 'ip' : words.skip('ip6') ? 'ip6' : null;
  // what a map holds is told by `addr . port` in some versions; its elements tell it too
  if (words.skip('addr') && words.skip('.')) words.expect('port');
  const isMapped = words.skip('prefix');
  const isBare = (kind === 'redirect' || kind === 'masquerade') && words.peek() !== 'to';
  const to = isBare ? { address: null, port: null } : readTo(words);
  const flags = [...readFlags(words), ...(isMapped ? ['netmap'] : [])].sort();
  // a map of redirect and masquerade holds ports
  const isPort = (kind === 'redirect' || kind === 'masquerade') && to.port === null;
  return { does: 'nat', kind, family, address: isPort ? null : to.address, port: isPort ? to.address : to.port, flags };
}

function readFlags(words: Words): readonly string[] {
  const flags: string[] = [];
  while (FLAGS.has(words.peek())) {
    flags.push(words.word());
    words.skip(',');
  }
  return flags;
}

type Target = { readonly address: NftExpression | null; readonly port: NftExpression | null };

function readTo(words: Words): Target {
  words.expect('to');
  return readTarget(words);
}

function readTarget(words: Words): Target {
  if (words.skip('prefix') || isSelector(words)) {
    const address = readExpression(words);
    return { address, port: words.peek().startsWith(':') ? portOf(words.word().slice(1) || words.word()) : null };
  }
  return targetOf(words.word());
}

/** `10.0.0.1:80`, `[2001:db8::1]:80`, `:80`, `10.0.0.1-10.0.0.9:80-90`. */
export function targetOf(text: string): Target {
  const [, bracketed, v6, v4, ports] =
    /^(?:(\[[0-9a-f:.]{1,50}\](?:-\[[0-9a-f:.]{1,50}\])?)|([0-9a-f:.-]{0,99}:[0-9a-f:.-]{0,99}:[0-9a-f:.-]{0,99})|([^:]{0,99}))(?::([\w-]{1,40}))?$/i.exec(
      text,
    ) ?? [];
  const address = (bracketed ?? v6 ?? v4 ?? text).replace(/[[\]]/g, '');
  return {
    address: address === '' ? null : wordConstant({ text: address, quoted: false }),
    port: ports === undefined ? null : portOf(ports),
  };
}

const portOf = (text: string): NftExpression => {
  const [from = '', to] = text.split('-');
  return to === undefined ? constantOf(from) : { is: 'range', from: constantOf(from), to: constantOf(to) };
};

/** `ip to 127.0.0.1:15001` after `tproxy`. */
export function readTproxy(words: Words): NftStatement {
  const family = words.skip('ip') ? 'ip' : words.skip('ip6') ? 'ip6' : null;
  words.expect('to');
  return { does: 'tproxy', family, ...readTarget(words) };
}
