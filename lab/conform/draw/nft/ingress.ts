import { construct } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** A chain on a device itself, before the bridge and the IP layer. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, pool, fresh }) => {
    const device = dice.pick(here.devices);
    if (device.master !== undefined) return null;
    const table = `netdev ${fresh('dev')}`;
    const ip = family === 4 ? 'ip' : 'ip6';
    const port = dice.pick(pool.ports);
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'nft', text });
    return {
      rules: [
        add(`add table ${table}`),
        add(`add chain ${table} in { type filter hook ingress device ${device.name} priority ${dice.pick(['0', '-500', 'filter'])}; }`),
        add(
          `add rule ${table} in ${ip} saddr ${dice.pick(pool.addresses)} counter ${dice.pick(['drop', 'accept', `meta mark set ${dice.pick(pool.marks)}`])}`,
        ),
        add(`add rule ${table} in udp dport ${port} counter ${dice.pick(['drop', 'drop', 'accept', ''])}`),
        add(`add rule ${table} in meta iifname "${device.name}" counter`),
      ],
      aims: [{ protocol: 'udp', dport: port, near: { namespace: here.name, hooks: [here.role === 'end' ? 'INPUT' : 'FORWARD'] } }],
    };
  },
});
