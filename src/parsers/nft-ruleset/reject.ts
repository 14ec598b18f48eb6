import type { NftStatement } from '#facts/nft/nft';
import { constantOf } from './constants.ts';
import { NotUnderstood, type Words } from './tokens.ts';

type With = Extract<NftStatement, { does: 'reject' }>['with'];

/** The one kind of answer: port unreachable is what is sent when nothing is said. */
export function rejectWith(type: string, code: string | number | null): With {
  if (type === 'tcp reset') return { type, code: null };
  if (type !== 'icmp' && type !== 'icmpv6' && type !== 'icmpx') throw new NotUnderstood(`reject with ${type.slice(0, 40)}`);
  return code === null || code === 'port-unreachable' ? null : { type, code };
}

/** `with icmp port-unreachable`, `with tcp reset` after `reject`. */
export function readReject(words: Words): With {
  if (!words.skip('with')) return null;
  const type = words.word();
  if (type === 'tcp') {
    words.expect('reset');
    return rejectWith('tcp reset', null);
  }
  words.skip('type');
  return rejectWith(type, constantOf(words.word()));
}
