import { all, type Compile, type Test } from '../context.ts';
import { addressRangeOf, inAddressRange } from '../numbers.ts';

/** `-m iprange` (net/netfilter/xt_iprange.c iprange_mt4, iprange_mt6). */
export const iprange: Compile = (options) => {
  const tests: Test[] = [];
  for (const [name, end] of [
    ['src-range', 'source'],
    ['dst-range', 'destination'],
  ] as const) {
    const option = options.get(name);
    if (option === undefined) continue;
    const range = addressRangeOf(option.value);
    if (range === undefined) return undefined;
    tests.push(({ packet }) => inAddressRange(packet[end], range) !== option.not);
  }
  return tests.length === 0 ? undefined : all(tests);
};
