import { isMulticast } from '#net/ip';
import { isUnicast6 } from '../../route/address-type.ts';
import { type AddressType, addressType4, addressTypes6 } from '../address-types.ts';
import { all, type Compile, type Context, negated, type Test } from '../context.ts';

/** `-m addrtype` (net/netfilter/xt_addrtype.c addrtype_mt_v1). */
export const addrtype: Compile = (options) => {
  const device = options.has('limit-iface-in') ? 'in' : options.has('limit-iface-out') ? 'out' : null;
  const tests = (['src-type', 'dst-type'] as const).flatMap((name): Test[] => {
    const option = options.get(name);
    if (option === undefined) return [];
    const wanted = new Set(option.value.split(',')) as ReadonlySet<AddressType>;
    const test = (context: Context) => {
      const address = name === 'src-type' ? context.packet.source : context.packet.destination;
      return ofType(context, address, wanted, device === null ? null : (context[device]?.name ?? null));
    };
    return [negated(option.not, test)];
  });
  return tests.length === 0 ? undefined : all(tests);
};

function ofType({ stack }: Context, address: Context['packet']['source'], wanted: ReadonlySet<AddressType>, device: string | null) {
  if (!address.includes(':')) {
    const type = addressType4(stack, address, device);
    return typeof type === 'string' ? wanted.has(type) : { gap: type };
  }
  // Each class that is asked for must hold (addrtype_mt6), then the routes are asked for what only they know.
  if (wanted.has('MULTICAST') && !isMulticast(address)) return false;
  if (wanted.has('UNICAST') && !isUnicast6(address)) return false;
  if (wanted.has('UNSPEC') && address !== '::') return false;
  if (!ROUTED.some((type) => wanted.has(type))) return true;
  const types = addressTypes6(stack, address, device, wanted.has('LOCAL'));
  return Array.isArray(types) ? types.some((type) => wanted.has(type)) : { gap: types as Exclude<typeof types, readonly AddressType[]> };
}

const ROUTED = ['ANYCAST', 'LOCAL', 'PROHIBIT', 'UNREACHABLE'] as const;
