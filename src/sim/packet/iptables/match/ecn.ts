import { all, type Compile, type Test } from '../context.ts';
import { isLaterFragment } from '../fragment.ts';
import { notTold } from '../not-told.ts';

/** `-m ecn` (net/netfilter/xt_ecn.c ecn_mt): the codepoint in the IP header, ECE and CWR of TCP. */
export const ecn: Compile = (options) => {
  const tests: Test[] = [];
  const codepoint = options.get('ecn-ip-ect');
  if (codepoint !== undefined) tests.push(({ packet }) => (((packet.tos ?? 0) & 3) === Number(codepoint.value)) !== codepoint.not);
  for (const [name, flag] of [
    ['ecn-tcp-ece', 'ece'],
    ['ecn-tcp-cwr', 'cwr'],
  ] as const) {
    const option = options.get(name);
    if (option !== undefined)
      tests.push((context) => {
        const { packet } = context;
        if (packet.protocol === 'tcp' && isLaterFragment(packet)) return notTold(context, 'packet', PIECE);
        return packet.tcp !== null && (packet.tcp[flag] === true) !== option.not;
      });
  }
  return tests.length === 0 ? undefined : all(tests);
};

const PIECE = 'a later piece is read as if it began with a header of TCP (net/netfilter/xt_ecn.c match_tcp)';
