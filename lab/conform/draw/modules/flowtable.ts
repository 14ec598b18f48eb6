import { construct } from '../construct.ts';
import { addressesOf } from '../pool.ts';
import type { Rule } from '../rule.ts';

/** Connections that take a short cut past all rules once they are known. */
export default construct({
  kind: 'rules',
  draw: ({ dice, layout, here, family, pool, fresh }) => {
    if (here.role !== 'router' || here.devices.length < 2) return null;
    const table = `${family === 4 ? 'ip' : 'ip6'} ${fresh('t')}`;
    const devices = here.devices.map(({ name }) => name).join(', ');
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const dport = dice.pick(pool.ports);
    // what is known to go on no later chain sees, once the flow is taken
    const kept = `add rule ${table} later ${protocol} ${dice.pick(['dport', 'sport'])} ${dport} ct state established counter drop`;
    const ends = layout.namespaces.filter(({ role }) => role === 'end').flatMap(({ name }) => addressesOf(layout, name, family));
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'nft', text });
    return {
      rules: [
        add(`add table ${table}`),
        add(`add flowtable ${table} ft { hook ingress priority 0; devices = { ${devices} }; }`),
        add(`add chain ${table} fw { type filter hook forward priority 10; policy accept; }`),
        add(`add rule ${table} fw ${protocol} dport ${dport} counter flow add @ft`),
        ...(dice.roll(4) === 0
          ? []
          : [add(`add chain ${table} later { type filter hook forward priority 20; policy accept; }`), add(kept)]),
      ],
      aims: [1, 2, 3, 4].flatMap(() => ends.map((destination) => ({ protocol, destination, dport }))),
    };
  },
});
