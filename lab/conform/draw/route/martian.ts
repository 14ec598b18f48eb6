import { construct } from '../construct.ts';
import { frameOf } from '../frame.ts';

/**
 * Sources and destinations that name no machine, or the router itself. No source is a network's broadcast address: an answer to one
 * comes back to who sends it (net/ipv4/ip_output.c ip_mc_output), which is not modelled.
 */
const STRANGE = {
  4: {
    source: ['127.0.0.1', '0.0.0.0', '0.1.2.3', '224.0.0.5', '240.0.0.1', '255.255.255.255', '10.1.0.1', '169.254.1.1'],
    destination: ['127.0.0.1', '0.0.0.0', '0.1.2.3', '240.0.0.1', '255.255.255.255', '10.1.0.255', '169.254.1.1'],
  },
  6: {
    source: ['::1', '::', 'ff02::1', 'fd00:1::1'],
    destination: ['::1', '::', '::ffff:c000:201'],
  },
} as const;
const SELDOM = 6;

/** A packet that no stack would send comes in from the wire. */
export default construct({
  kind: 'conversation',
  draw: ({ dice, layout, here, family }, { packet }) => {
    if (dice.roll(SELDOM) > 0) return null;
    const what = dice.pick(['source', 'destination'] as const);
    const frame = frameOf(layout, here, { [what]: dice.pick(STRANGE[family][what]) });
    return frame === undefined ? null : { by: [], steps: [{ does: 'send', packet: { ...packet, ...frame } }] };
  },
});
