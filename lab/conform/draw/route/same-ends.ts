import { construct } from '../construct.ts';
import type { Packet, Step } from '../packet.ts';
import { addressesOf } from '../pool.ts';
import { BEHIND } from '../ways.ts';

/** Ports that no other conversation sends from. */
const OTHER_PORTS = 10_000;

/**
 * What one end says to another by other ports, from its other address, and about what that said: which of these take the same of
 * several ways is what a hash goes by.
 */
export default construct({
  kind: 'conversation',
  draw: ({ dice, layout, here, family, pool }, { packet }) => {
    const { source, destination, protocol, sport, through } = packet;
    const isAcross = layout.id === 'multihomed' && here.name === 'a' && BEHIND[family].some((one) => one === destination);
    if (!isAcross || through === 'frame' || sport === undefined || protocol === 'sctp') return null;
    const first: Packet = { ...packet, through: 'raw', ttl: 64 };
    const another = addressesOf(layout, here.name, family).find((address) => address !== source) ?? source;
    const others: readonly Packet[] = [
      { ...first, sport: sport + OTHER_PORTS },
      { ...first, dport: dice.pick(pool.ports) },
      { ...first, source: another },
    ];
    const said = [first, ...dice.shuffle([errorOf(first, another), errorOf(first, source), ...dice.shuffle(others).slice(0, 2)])];
    const steps: readonly Step[] = said.map((packet) => ({ does: 'send', packet }));
    return { by: [], steps };
  },
});

/** An error from one of its addresses about an answer to what it sent. */
function errorOf({ from, source, destination, protocol, sport = 0, dport = 0 }: Packet, by: string): Packet {
  const about: Packet = { from: '', through: 'raw', source: destination, destination: source, protocol, sport: dport, dport: sport };
  const isFour = !source.includes(':');
  return {
    ...{ from, through: 'raw', source: by, destination, about, ttl: 64 },
    ...(isFour ? { protocol: 'icmp', icmp: { type: 3, code: 1, id: 0 } } : { protocol: 'icmpv6', icmp: { type: 1, code: 3, id: 0 } }),
  };
}
