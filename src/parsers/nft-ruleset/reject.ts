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

/** Where an Ethernet frame tells its protocol, in bits. */
const ETHER_TYPE = { from: 96, until: 112 };

/**
 * nft 1.0.6 lists an address of Ethernet and the protocol behind it in one raw value (`@ll,48,64 …`), and of a reject in that rule not what it
 * answers: without a word that is not known there.
 */
export function withUntoldReject(statements: readonly NftStatement[]): readonly NftStatement[] {
  const isMerged = statements.some(
    (one) =>
      one.does === 'match' &&
      typeof one.left === 'object' &&
      one.left.is === 'raw' &&
      one.left.base === 'll' &&
      one.left.offset < ETHER_TYPE.from &&
      one.left.offset + one.left.length >= ETHER_TYPE.until,
  );
  return isMerged
    ? statements.map((one) =>
        one.does === 'reject' && one.with === null ? { does: 'unknown', text: 'reject, with what is not listed' } : one,
      )
    : statements;
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
