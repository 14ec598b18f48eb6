import { construct } from '../construct.ts';
import type { Aim } from '../packet.ts';
import type { Rule } from '../rule.ts';

const HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

/** A native table of a bridge that asks which bridge and which ports a frame is on. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, pool, fresh }) => {
    if (here.role !== 'switch') return null;
    const table = `bridge ${fresh('t')}`;
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'nft', text });
    const chains = dice.shuffle(HOOKS).slice(0, 1 + dice.roll(2));
    const aims: Aim[] = [];
    const ports = here.devices.map(({ name }) => name);
    const match = (hook: string): string => {
      const device = hook === 'output' || hook === 'postrouting' ? 'oifname' : 'iifname';
      const bridge = hook === 'output' || hook === 'postrouting' ? 'obrname' : 'ibrname';
      const dport = dice.pick(pool.ports);
      const destination = dice.pick(pool.addresses);
      aims.push({ protocol: 'udp', dport }, { protocol: 'udp', dport }, { destination });
      return dice.pick([
        `meta ${bridge} "br0" udp dport ${dport}`,
        `meta ${bridge} != "br1" udp dport ${dport}`,
        `meta ${bridge} "br0" ${family === 4 ? 'ip' : 'ip6'} daddr ${destination}`,
        `${device} "${dice.pick(ports)}" udp dport ${dport}`,
        `${family === 4 ? 'ip' : 'ip6'} daddr ${destination}`,
        `ether type ${family === 4 ? 'ip' : 'ip6'} udp dport ${dport}`,
      ]);
    };
    const rules = chains.flatMap((hook) => [
      add(`add chain ${table} c_${hook} { type filter hook ${hook} priority ${dice.pick([-300, -10, 0, 100])}; policy accept; }`),
      ...Array.from({ length: 1 + dice.roll(4) }, () =>
        add(
          `add rule ${table} c_${hook} ${match(hook)} counter ${dice.pick(['', 'accept', 'drop', 'drop', 'drop', 'meta mark set 4'])}`.trim(),
        ),
      ),
    ]);
    return { rules: [add(`add table ${table}`), ...rules], aims };
  },
});
