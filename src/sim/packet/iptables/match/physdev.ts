import { all, type Compile, type Context, type Test } from '../context.ts';
import { isDevice } from '../device-name.ts';

const isIn = ({ bridged }: Context): boolean => bridged !== null;
const isOut = ({ bridged }: Context): boolean => bridged?.physOut != null;

/**
 * `-m physdev`: the ports of a packet that a bridge shows to iptables (net/netfilter/xt_physdev.c physdev_mt). A packet that no
 * bridge shows has no ports: what is asked positively fails, what is asked negatively holds.
 */
export const physdev: Compile = (options) => {
  const tests: Test[] = [];
  const demand = (name: string, holds: (context: Context, value: string) => boolean): void => {
    const option = options.get(name);
    if (option !== undefined) tests.push((context) => holds(context, option.value) !== option.not);
  };
  demand('physdev-is-bridged', (context) => isIn(context) && isOut(context));
  demand('physdev-is-in', isIn);
  demand('physdev-is-out', isOut);
  demand('physdev-in', ({ bridged }, name) => bridged !== null && isDevice(bridged.physIn, name));
  const out = options.get('physdev-out');
  if (out !== undefined)
    tests.push(({ bridged }) =>
      bridged === null ? out.not : bridged.physOut !== null && isDevice(bridged.physOut, out.value) !== out.not,
    );
  return tests.length === 0 ? undefined : all(tests);
};
