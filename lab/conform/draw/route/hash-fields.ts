import { construct } from '../construct.ts';
import { severalWays } from '../several-ways.ts';

/** Bits of what is outside, and sometimes of what is inside of it too (FIB_MULTIPATH_HASH_FIELD_…). */
const FEW = [0x1, 0x2, 0x4, 0x7, 0x8, 0xf, 0xc0, 0xfc1];
/** Those with ports, without which nothing parts that could not part by addresses alone. */
const PORTS = [0x10, 0x20, 0x30, 0x33, 0x37, 0x3f];

/** Two ways at once, by a hash of the fields that are named. */
export default construct({
  kind: 'rules',
  draw: (site) => severalWays(site, ['_policy=3', `_fields=${site.dice.pick(site.dice.roll(3) === 0 ? FEW : PORTS)}`]),
});
